import { z } from "zod";
import { CHANNELS } from "./messages.ts";
import { RECEIPT_QUANTITIES, RUN_SCHEMA, type RunEvent, type RunHeader, type Sample } from "./model.ts";
import { STORAGE_OPERATIONS, STORAGE_OUTCOMES } from "./storage.ts";

const text = z.string();
const number = z.number();
const moment = number.exactOptional();
const estimate = z.object({ value: number, low: moment, high: moment, n: number });

/** `run.json`. Unknown keys are dropped, so that a later edgeproof can add facts without a new schema number. */
export const headerSchema: z.ZodType<RunHeader> = z.object({
  schema: z.literal(RUN_SCHEMA),
  id: text,
  suite: text,
  topology: text,
  engine: text,
  wanBackend: text,
  functionsLayer: text,
  seed: number,
  startedAt: number,
  versions: z.record(text, text),
  host: z.object({ os: text, kernel: text, cores: number, memoryMiB: number, containerEngine: text }),
  nodes: z.array(
    z.object({
      name: text,
      role: text,
      site: text,
      deviceClass: text,
      emulation: z.enum(["none", "limits"]),
      architecture: text,
      emulated: z
        .object({ cpus: number, calibrated: z.boolean(), fits: z.boolean().exactOptional(), text })
        .exactOptional(),
      measured: z.object({ at: number, nearest: text, scores: z.record(text, estimate) }).exactOptional(),
    }),
  ),
  settings: z.record(text, z.union([text, number])),
});

const phase = z.object({
  name: text,
  kind: z.enum(["baseline", "steady", "fault", "healed", "scale-out"]),
  profile: text,
  startedAt: number,
  endedAt: number,
  faults: z.array(text),
  note: text.exactOptional(),
});

const account = z.object({
  phase: text,
  fn: text,
  model: z.enum(["open", "closed"]).exactOptional(),
  arrivals: z.enum(["spread", "even"]).exactOptional(),
  users: number.exactOptional(),
  thinkMs: number.exactOptional(),
  planned: number,
  offered: number,
  completed: number,
  failed: number,
  timedOut: number,
  dropped: number,
  ratePerSecond: number,
  durationMs: number,
});

const messages = z.object({
  phase: text,
  channel: z.enum(CHANNELS),
  guarantee: z.enum(["at-most-once", "at-least-once", "exactly-once"]),
  planned: number,
  published: number,
  acknowledged: number,
  delivered: number,
  duplicated: number,
  outOfOrder: number,
  lost: z.array(number),
  unconfirmed: number,
  functionDuplicates: number,
  ratePerSecond: number,
  durationMs: number,
  roundTripsMs: z.array(number),
  timelines: z
    .array(
      z.object({
        seq: number,
        publishedAt: number,
        acknowledgedAt: moment,
        receivedAt: moment,
        storedAt: moment,
        confirmedAt: moment,
        readAt: moment,
      }),
    )
    .exactOptional(),
});

const check = z.object({
  subject: text,
  quantity: z.enum(RECEIPT_QUANTITIES),
  asked: number,
  measured: number,
  tolerance: number,
  interval: z.object({ low: number, high: number, confidence: number }).exactOptional(),
  samples: number,
  needed: number.exactOptional(),
  held: z.boolean(),
});

const receipt = z.object({
  fault: text,
  phase: text,
  askedAt: number,
  injectedAt: number,
  healedAt: number,
  before: z.array(check),
  during: z.array(check),
  after: z.array(check),
  held: z.boolean(),
  reasons: z.array(text),
});

const pod = z.object({
  pod: text,
  uid: text,
  node: text.exactOptional(),
  deviceClass: text.exactOptional(),
  askedAt: number,
  decidedAt: moment,
  createdAt: moment,
  scheduledAt: moment,
  imageAt: moment,
  startedAt: moment,
  readyAt: moment,
  endpointAt: moment,
  firstAnswerAt: moment,
});

const scaleOut = z.object({
  phase: text,
  from: number,
  to: number,
  askedAt: number,
  pods: z.array(pod),
  replicas: z.array(z.object({ at: number, desired: number, actual: number, ready: number })).exactOptional(),
});

const coldStart = z.object({
  phase: text,
  fn: text,
  durationMs: number,
  outcome: z.enum(["completed", "failed", "timed-out"]),
  status: number,
  askedAt: number,
  pod: pod.exactOptional(),
  node: text,
  deviceClass: text,
  functionMs: number,
  excluded: text,
});

const nodeFailure = z.object({
  phase: text,
  node: text,
  deviceClass: text,
  killedAt: number,
  notReadyAt: moment,
  firstErrorAt: moment,
  lastErrorAt: moment,
  replacementReadyAt: moment,
  restartedAt: moment,
  nodeReadyAgainAt: moment,
});

const pressure = z.object({
  phase: text,
  cores: number,
  cpuBusy: number,
  cpuSteal: number,
  psiCpuSome: moment,
  cpuForeign: moment,
});

const observation = z.object({
  phase: text,
  observable: text,
  subject: text,
  deviceClass: text,
  unit: z.enum(["ms", "count", "share", "bytes", "ratio"]),
  value: number.exactOptional(),
  detail: text,
});

const storage = z.object({
  phase: text,
  store: text,
  verifies: z.array(text).exactOptional(),
  samples: z.array(
    z.object({
      operation: z.enum(STORAGE_OPERATIONS),
      sizeBytes: number,
      key: text,
      intendedAt: number,
      startedAt: number,
      durationMs: number,
      outcome: z.enum(STORAGE_OUTCOMES),
      hash: text.exactOptional(),
      listed: z.array(text).exactOptional(),
      aside: z.boolean().exactOptional(),
      error: text.exactOptional(),
    }),
  ),
});

const reachability = z.object({
  moment: z.enum(["start", "end"]),
  pairs: z.array(
    z.object({
      from: text,
      to: text,
      sent: number,
      received: number,
      medianMs: number.exactOptional(),
      minMs: number.exactOptional(),
      maxMs: number.exactOptional(),
    }),
  ),
});

/** One line of `events.ndjson`. */
export const eventSchema: z.ZodType<RunEvent> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("phase"), at: number, phase }),
  z.object({ type: z.literal("load"), at: number, account }),
  z.object({ type: z.literal("messages"), at: number, account: messages }),
  z.object({ type: z.literal("receipt"), at: number, receipt }),
  z.object({ type: z.literal("scale-out"), at: number, scaleOut }),
  z.object({ type: z.literal("cold-start"), at: number, coldStart }),
  z.object({ type: z.literal("node-failure"), at: number, nodeFailure }),
  z.object({ type: z.literal("pressure"), at: number, pressure }),
  z.object({ type: z.literal("trouble"), at: number, what: text }),
  z.object({ type: z.literal("note"), at: number, text }),
  z.object({ type: z.literal("observation"), at: number, observation }),
  z.object({ type: z.literal("storage"), at: number, storage }),
  z.object({ type: z.literal("reachability"), at: number, reachability }),
  z.object({ type: z.literal("cell"), at: number, phase: text, state: z.enum(["begun", "finished"]) }),
  z.object({ type: z.literal("abort"), at: number, phase: text, reason: text }),
  z.object({ type: z.literal("end"), at: number, status: z.enum(["finished", "interrupted", "failed"]) }),
]);

/** One line of `samples/<phase>.ndjson`. */
export const sampleSchema: z.ZodType<Sample> = z.object({
  phase: text,
  fn: text,
  intendedAt: number,
  startedAt: number,
  durationMs: number,
  outcome: z.enum(["completed", "failed", "timed-out"]),
  status: number,
  errorCode: number,
  pod: text,
  node: text,
  deviceClass: text,
  model: z.literal("closed").exactOptional(),
});
