import type { LoadAccount, Outcome, Sample } from "./load.ts";
import type { MessageAccount } from "./messages.ts";
import type { StorageRecord } from "./storage.ts";

/**
 * The recorded run: facts only. Judges and reports read nothing else. Times are milliseconds since the Unix epoch on
 * the tester's clock unless a name says otherwise; durations are milliseconds.
 */
export const RUN_SCHEMA = 1;

export type { LoadAccount, LoadModel, Outcome, Sample } from "./load.ts";

export type PhaseKind = "baseline" | "steady" | "fault" | "healed" | "scale-out";

/** A stretch of the run with one profile, one load and a set of faults. */
export interface Phase {
  /** Unique within the run, such as `typ` or `node-kill`. */
  name: string;
  kind: PhaseKind;
  profile: string;
  startedAt: number;
  endedAt: number;
  /** Names of the faults in force. */
  faults: string[];
  /** What was run otherwise than asked for. */
  note?: string;
}

export interface Interval {
  low: number;
  high: number;
  /** Such as 0.99. */
  confidence: number;
}

/**
 * What a receipt can measure. Yes-or-no quantities are shares of the readings that said yes, so that one that was not
 * true for the whole window shows: `process` (it runs), `reachable` (it answers), `ready` (Kubernetes says so) and so on.
 */
export const RECEIPT_QUANTITIES = [
  // Links and streams.
  "rtt-ms",
  "jitter-ms",
  "loss",
  "duplicates",
  "reordered",
  "rate-bps",
  "largest-packet-bytes",
  "reachable",
  "overlay-reachable",
  "latency-ms",
  "connection-refused",
  "connection-reset",
  "connection-closed",
  "answered",
  "close-delay-ms",
  "bytes-received",
  "write-gap-ms",
  // Machines and their processes.
  "process",
  "service",
  "frozen",
  "cpu-share",
  "memory-bytes",
  "disk-free-bytes",
  "disk-write-ms",
  "clock-offset-ms",
  "boot-id-changed",
  "process-replaced",
  // Overlay and platform.
  "certificate-valid",
  "tunnel",
  "handshakes",
  "underlay-address",
  "ready",
  "schedulable",
  "api-answers",
  "api-latency-ms",
  "name-resolved",
  "pod-replaced",
  "pods-scheduled",
  "rollout-complete",
] as const;

export type ReceiptQuantity = (typeof RECEIPT_QUANTITIES)[number];

/** One quantity of a receipt: asked against measured. */
export interface ReceiptCheck {
  /** Such as `rtt` or `loss`, with the machines concerned: `cloud-1 <-> pi-1`. */
  subject: string;
  quantity: ReceiptQuantity;
  asked: number;
  measured: number;
  tolerance: number;
  interval?: Interval;
  samples: number;
  /** Fewest that can tell; absent where one is enough. */
  needed?: number;
  held: boolean;
}

/** The evidence that a fault was not there before, held during its window, and was gone after. */
export interface Receipt {
  fault: string;
  phase: string;
  askedAt: number;
  injectedAt: number;
  healedAt: number;
  before: ReceiptCheck[];
  during: ReceiptCheck[];
  after: ReceiptCheck[];
  held: boolean;
  /** Empty when held; else why not, with numbers. */
  reasons: string[];
}

/** One pod's way from being asked for to its first answer; undefined where it never got there. */
export interface PodTimeline {
  pod: string;
  uid: string;
  node?: string;
  deviceClass?: string;
  /** When the new replica count was sent, or the request or load began that made an autoscaler want the pod. */
  askedAt: number;
  /** The autoscaler wanted as many replicas as make this pod one of them. */
  decidedAt?: number;
  createdAt?: number;
  scheduledAt?: number;
  /** The kubelet said that the images are there. */
  imageAt?: number;
  startedAt?: number;
  readyAt?: number;
  /** An EndpointSlice had it as ready. */
  endpointAt?: number;
  firstAnswerAt?: number;
}

/** Replicas of a function at one moment. */
export interface ReplicaCount {
  at: number;
  /** What its Deployment asks for. */
  desired: number;
  /** Pods that exist, ending ones aside. */
  actual: number;
  ready: number;
}

export interface ScaleOut {
  phase: string;
  from: number;
  /** Asked for, or what the load needs by its rate, its time in the function and the autoscaler's target. */
  to: number;
  askedAt: number;
  pods: PodTimeline[];
  /** Once a second, for a scale-out that an autoscaler decided on. */
  replicas?: ReplicaCount[];
}

/** A request to a function that had no pod. */
export interface ColdStart {
  phase: string;
  fn: string;
  /** From the first byte sent to the last received; of a request that was not answered, until it was given up. */
  durationMs: number;
  outcome: Outcome;
  /** HTTP status, 0 if there was none. */
  status: number;
  /** When it was sent. */
  askedAt: number;
  /** Of the pod that answered; undefined where none did, or where it was not seen in the making. */
  pod?: PodTimeline;
  node: string;
  deviceClass: string;
  /** Time in the function itself, ms, by its own clock; 0 if it did not answer. */
  functionMs: number;
  /** Why this is no cold start, such as that the pod which answered is older than the request; empty if it is one. */
  excluded: string;
}

/** What a node failure did, as offsets are computed by the judge. */
export interface NodeFailure {
  phase: string;
  node: string;
  deviceClass: string;
  killedAt: number;
  notReadyAt?: number;
  /** First and last request that did not complete. */
  firstErrorAt?: number;
  lastErrorAt?: number;
  /** First replacement pod Ready on another node. */
  replacementReadyAt?: number;
  restartedAt?: number;
  nodeReadyAgainAt?: number;
}

/** Host pressure during a phase: past a limit, timing verdicts are inconclusive. */
export interface HostPressure {
  phase: string;
  cores: number;
  /** Share of CPU time that was not idle, 0..1, over the phase. */
  cpuBusy: number;
  /** Share stolen by the hypervisor, 0..1. */
  cpuSteal: number;
  /** PSI `some` for CPU, share of wall time, if the kernel gives it. */
  psiCpuSome?: number;
}

/** One thing that was observed about a fault's damage or the recovery from it, such as when the overlay answered again. */
export interface Observation {
  phase: string;
  /** Kebab-case, such as `overlay-recovery`; docs/scenarios.md says from when to when each is measured. */
  observable: string;
  /** Machine, pair or pod concerned; empty for the whole rig. */
  subject: string;
  /** Of the machine concerned; empty where there is none. */
  deviceClass: string;
  unit: "ms" | "count" | "share" | "bytes" | "ratio";
  /** Undefined: waited for, and it never came. */
  value?: number;
  /** What the value was read from, with figures. */
  detail: string;
}

export interface RecordedNode {
  name: string;
  role: string;
  site: string;
  deviceClass: string;
  emulation: "none" | "limits";
  architecture: string;
}

export interface RunHeader {
  schema: typeof RUN_SCHEMA;
  id: string;
  suite: string;
  topology: string;
  engine: string;
  wanBackend: string;
  functionsLayer: string;
  seed: number;
  startedAt: number;
  versions: Record<string, string>;
  host: { os: string; kernel: string; cores: number; memoryMiB: number; containerEngine: string };
  nodes: RecordedNode[];
  /** What the topology set that decides timings, such as the node monitor's grace period. */
  settings: Record<string, string | number>;
}

/** Everything that is appended to `events.ndjson`, one JSON object a line. */
export type RunEvent =
  | { type: "phase"; at: number; phase: Phase }
  | { type: "load"; at: number; account: LoadAccount }
  | { type: "messages"; at: number; account: MessageAccount }
  | { type: "receipt"; at: number; receipt: Receipt }
  | { type: "scale-out"; at: number; scaleOut: ScaleOut }
  | { type: "cold-start"; at: number; coldStart: ColdStart }
  | { type: "node-failure"; at: number; nodeFailure: NodeFailure }
  | { type: "pressure"; at: number; pressure: HostPressure }
  | { type: "trouble"; at: number; what: string }
  | { type: "note"; at: number; text: string }
  | { type: "observation"; at: number; observation: Observation }
  | { type: "storage"; at: number; storage: StorageRecord }
  /** A cell of a matrix, which is a phase of its own; whatever lies between the two is the cell's. */
  | { type: "cell"; at: number; phase: string; state: "begun" | "finished" }
  /** A guard rail ended the phase before its time: its faults were healed, later phases were not run. */
  | { type: "abort"; at: number; phase: string; reason: string }
  | { type: "end"; at: number; status: "finished" | "interrupted" | "failed" };

/** A run as read back from its folder. */
export interface RecordedRun {
  folder: string;
  header: RunHeader;
  events: RunEvent[];
  samples: Sample[];
  /** False when the folder has no `end` event: the run was cut off. */
  complete: boolean;
}

export type Verdict = "met" | "missed" | "inconclusive" | "broken";
