import { writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

import type { WorkloadKind } from "../config/model.ts";
import { rigError } from "../errors.ts";
import { singleRequest } from "../load/single-request.ts";
import { accountOf, recoveryMs } from "../messages/account.ts";
import { runMessageClient } from "../messages/message-client.ts";
import { type ChannelPlan, type ChannelRecord, TOPICS } from "../messages/plan.ts";
import { CHANNELS, type ChannelName } from "../record/messages.ts";
import type { Session } from "./session.ts";

const RELAY = "message-relay";
const ANSWER_MS = 5_000;
const AGAIN_MS = 300;

const BROKER: Readonly<Record<ChannelName, WorkloadKind>> = {
  "mqtt-qos0": "mosquitto",
  "mqtt-qos1": "mosquitto",
  "mqtt-qos2": "mosquitto",
  "nats-core": "nats",
  "nats-jetstream": "nats",
};

/** Kind of the broker that a channel goes through. */
export const brokerOf = (channel: ChannelName): WorkloadKind => BROKER[channel];

/** Channels of the brokers that the topology has. */
const channelsOf = ({ rig }: Session): ChannelName[] =>
  CHANNELS.filter((name) => rig.topology.workloads.some(({ kind }) => kind === BROKER[name]));

/** Deploys the function that answers messages, on nodes of a class, and waits until it is subscribed to all of them. */
export async function deployRelay(session: Session, deviceClass: string): Promise<void> {
  const { rig } = session;
  const address = async (kind: WorkloadKind): Promise<string> => {
    const there = rig.topology.workloads.some((one) => one.kind === kind);
    if (!there) return "";
    const { host, port } = await rig.workload(kind).inPods();
    return `${host}:${port}`;
  };
  const env = { MQTT_ADDRESS: await address("mosquitto"), NATS_ADDRESS: await address("nats") };
  const place = { name: RELAY, image: rig.image(RELAY), deviceClass, env };
  session.gateway.open(await rig.functions.deploy({ ...place, replicas: 1 }));
  await relayReady(session, 60_000);
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
  const { rig, recorder, signal } = session;
  const plans = await Promise.all(
    channels.map(async (name): Promise<ChannelPlan> => {
      const to = await rig.workloadAtTester(BROKER[name]);
      return { name, ...to, ...TOPICS[name] };
    }),
  );
  const run = `${phase}-${Date.now().toString(36)}`;
  const records = await runMessageClient(
    rig.tester,
    { run, channels: plans, ratePerSecond, durationMs, drainMs },
    { signal, ...(onOpen ? { onOpen } : {}) },
  );
  writeFileSync(recorder.messages(phase), `${JSON.stringify(records)}\n`);
  for (const record of records) {
    const account = accountOf(record, { phase, ratePerSecond, durationMs });
    recorder.event({ type: "messages", at: Date.now(), account });
  }
  session.forgetFacts();
  return records;
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
