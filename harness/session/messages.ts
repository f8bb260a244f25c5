import { CoreV1Api, type V1Secret } from "@kubernetes/client-node";
import { writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

import { spreadSeed } from "../arrivals.ts";
import type { WorkloadKind } from "../config/model.ts";
import { rigError } from "../errors.ts";
import { singleRequest } from "../load/single-request.ts";
import { accountOf, recoveryMs } from "../messages/account.ts";
import { eventAccount, eventKey, type ReadBack } from "../messages/events.ts";
import { runMessageClient } from "../messages/message-client.ts";
import { type ChannelPlan, type ChannelRecord, TOPICS } from "../messages/plan.ts";
import { CHANNELS, type ChannelName } from "../record/messages.ts";
import { ensureNamespace, NAMESPACE } from "../rig/functions/manifests.ts";
import { applyAll } from "../rig/kube/apply.ts";
import { ApiRequests } from "../rig/kube/api-request.ts";
import { loadKubeconfig } from "../rig/kube/kube-client.ts";
import { runStorageClient } from "../storage/client.ts";
import type { StorageWork } from "../storage/plan.ts";
import type { Session } from "./session.ts";
import { storeAddress } from "./stored.ts";

const RELAY = "message-relay";
export const EVENTS = "nats-to-s3" as const;
const SECRET = "message-relay-store";
const API_LIMIT_MS = 15_000;
const ANSWER_MS = 5_000;
const AGAIN_MS = 300;
/** For a store that is just coming back. */
const READ_PATIENCE_MS = 60_000;

const BROKER: Readonly<Record<ChannelName, WorkloadKind>> = {
  "mqtt-qos0": "mosquitto",
  "mqtt-qos1": "mosquitto",
  "mqtt-qos2": "mosquitto",
  "nats-core": "nats",
  "nats-jetstream": "nats",
  "nats-to-s3": "nats",
};

/** Kind of the broker that a channel goes through. */
export const brokerOf = (channel: ChannelName): WorkloadKind => BROKER[channel];

const has = ({ rig }: Session, kind: WorkloadKind): boolean =>
  rig.topology.workloads.some((one) => one.kind === kind);

/** Channels of the brokers that the topology has; events only where they can be stored. */
const channelsOf = (session: Session): ChannelName[] =>
  CHANNELS.filter((name) => has(session, BROKER[name]) && (name !== EVENTS || has(session, "s3")));

/** A new pod for each workload: the kubelet waits before it starts one again that was killed minutes ago. */
export async function freshWorkloads({ rig }: Session): Promise<void> {
  await Promise.all(rig.topology.workloads.map(({ kind }) => rig.workload(kind).restart()));
}

/** Deploys the function that answers messages, on nodes of a class, and waits until it is subscribed to all of them. */
export async function deployRelay(session: Session, deviceClass: string): Promise<void> {
  const { rig } = session;
  const address = async (kind: WorkloadKind): Promise<string> => {
    if (!has(session, kind)) return "";
    const { host, port } = await rig.workload(kind).inPods();
    return `${host}:${port}`;
  };
  const env = { MQTT_ADDRESS: await address("mosquitto"), NATS_ADDRESS: await address("nats") };
  const secret = await storeSecret(session);
  const place = { name: RELAY, image: rig.image(RELAY), deviceClass, env, ...(secret ? { secret } : {}) };
  await session.gateway.lead(await rig.functions.deploy({ ...place, replicas: 1 }));
  await relayReady(session, 60_000);
}

/** Where the function stores events, with the store's keys, as a Secret: what a Deployment says is for everyone to read. */
async function storeSecret(session: Session): Promise<string | undefined> {
  const { rig } = session;
  if (!has(session, "s3")) return undefined;
  const store = await storeAddress(rig, "s3");
  if (store.kind !== "s3") return undefined;
  const { host, port } = await rig.workload("s3").inPods();
  const kube = loadKubeconfig(rig.kubeconfig);
  await ensureNamespace(kube.makeApiClient(CoreV1Api));
  const object: V1Secret = {
    ...{ apiVersion: "v1", kind: "Secret", metadata: { name: SECRET, namespace: NAMESPACE } },
    stringData: {
      S3_ENDPOINT: `http://${host}:${port}`,
      S3_BUCKET: store.bucket,
      S3_REGION: store.region,
      S3_ACCESS_KEY: store.accessKey,
      S3_SECRET_KEY: store.secretKey,
    },
  };
  await applyAll(new ApiRequests(kube, API_LIMIT_MS), [object]);
  return SECRET;
}

interface RelayState {
  subscribed: boolean;
}

/** Resolves when the function says that it is subscribed on every channel. */
export async function relayReady(session: Session, limitMs: number): Promise<void> {
  const { url } = session.gateway.route(RELAY);
  const wanted = channelsOf(session);
  const until = Date.now() + limitMs;
  let missing: ChannelName[] = wanted;
  for (;;) {
    const { signal } = session;
    const answer = await singleRequest(session.rig.tester, url, { timeoutMs: ANSWER_MS, signal });
    if (answer.status === 200) {
      const state = JSON.parse(answer.body ?? "{}") as Partial<Record<ChannelName, RelayState>>;
      missing = wanted.filter((name) => !state[name]?.subscribed);
      if (missing.length === 0) return;
    }
    if (Date.now() > until)
      throw rigError("RELAY_NOT_READY", `${RELAY} is not subscribed to ${missing.join(", ")}`, {
        expected: `it to be within ${limitMs / 1000} s`,
        fix: `see the logs of its pod with \`kubectl logs\``,
      });
    await delay(AGAIN_MS, undefined, { signal });
  }
}

export interface MessageLoad {
  phase: string;
  /** Of each channel. */
  ratePerSecond: number;
  durationMs: number;
  drainMs: number;
  /** @default all that the topology has brokers for */
  channels?: readonly ChannelName[];
  onOpen?: () => void;
}

/** Exchanges messages through the brokers and the function, and records what became of every one of them. */
export async function exchangeMessages(session: Session, load: MessageLoad): Promise<ChannelRecord[]> {
  const { phase, ratePerSecond, durationMs, drainMs, channels = channelsOf(session), onOpen } = load;
  const asked = { phase, ratePerSecond, durationMs };
  const { rig, recorder, signal } = session;
  const seed = spreadSeed(session.seed, phase);
  const plans = await Promise.all(
    channels.map(async (name): Promise<ChannelPlan> => {
      const to = await rig.workloadAtTester(BROKER[name]);
      return { name, ...to, ...TOPICS[name] };
    }),
  );
  const run = `${phase}-${Date.now().toString(36)}`;
  const records = await runMessageClient(
    rig.tester,
    { run, channels: plans, ratePerSecond, seed, durationMs, drainMs },
    { signal, ...(onOpen ? { onOpen } : {}) },
  );
  writeFileSync(recorder.messages(phase), `${JSON.stringify(records)}\n`);
  for (const record of records) {
    const account =
      record.channel === EVENTS
        ? eventAccount(record, { ...asked, run, found: await readEvents(session, run, record) })
        : accountOf(record, asked);
    recorder.event({ type: "messages", at: Date.now(), account });
  }
  session.forgetFacts();
  return records;
}

/** Every event of a run as it is in the store now, asked for from the tester. */
async function readEvents(
  { rig, seed, signal }: Session,
  run: string,
  { messages }: ChannelRecord,
): Promise<Map<string, ReadBack>> {
  const keys = messages.map(({ seq }) => eventKey(run, seq));
  const store = await storeAddress(rig, "s3");
  const work: StorageWork = { kind: "read-back", keys, prefixes: [], patienceMs: READ_PATIENCE_MS };
  const plan = { store, phase: run, seed, timeoutMs: ANSWER_MS, work };
  const samples = await runStorageClient(rig.tester, plan, { signal });
  const unread = samples.filter(({ outcome }) => outcome !== "ok").length;
  if (unread > 0)
    throw rigError("EVENTS_NOT_READ", `${unread} of ${keys.length} events could not be asked for`, {
      expected: `the store to answer within ${READ_PATIENCE_MS / 1000} s`,
    });
  return new Map(
    samples.map(({ key, hash, startedAt }) => [
      key,
      { at: startedAt, ...(hash === undefined ? {} : { hash }) },
    ]),
  );
}

/** Records, for each channel, how long after `at` the first new message had gone all the way. */
export function recordRecovery(
  session: Session,
  records: readonly ChannelRecord[],
  { phase, at, since }: { phase: string; at: number; since: string },
): void {
  for (const record of records) {
    const value = recoveryMs(record, at);
    session.recorder.event({
      type: "observation",
      at: Date.now(),
      observation: {
        ...{ phase, observable: "message-recovery", subject: record.channel, deviceClass: "", unit: "ms" },
        ...(value === undefined ? {} : { value: Number(value.toFixed(1)) }),
        detail: `from ${since} to the first answer to a message that was published after it`,
      },
    });
  }
  session.forgetFacts();
}
