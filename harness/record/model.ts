import type { LoadAccount, Sample } from "./load.ts";
import type { RecordedNode } from "./recorded-node.ts";
import type { ColdStart, ScaleOut } from "./scaling.ts";
import type { MessageAccount } from "./messages.ts";
import type { StorageRecord } from "./storage.ts";
import type { Reachability } from "./reachability.ts";

/**
 * The recorded run: facts only. Judges and reports read nothing else. Times are milliseconds since the Unix epoch on
 * the tester's clock unless a name says otherwise; durations are milliseconds.
 */
export const RUN_SCHEMA = 1;

export type { LoadAccount, LoadModel, Outcome, Sample } from "./load.ts";
export type { Emulation, RecordedNode } from "./recorded-node.ts";
export type { PairReach, Reachability } from "./reachability.ts";
export type { ColdStart, PodTimeline, ReplicaCount, ScaleOut } from "./scaling.ts";

/** What a phase is for. */
export type PhaseKind = "baseline" | "steady" | "fault" | "healed" | "scale-out";

/** A stretch of the run with one profile, one load and a set of faults. */
export interface Phase {
  /** Unique within the run, such as `typ` or `node-kill`. */
  name: string;
  /** What it is for. */
  kind: PhaseKind;
  /** Network profile in force. */
  profile: string;
  /** Before the first fault was injected. */
  startedAt: number;
  /** After the last was healed. */
  endedAt: number;
  /** Names of the faults in force. */
  faults: string[];
  /** What was run otherwise than asked for. */
  note?: string;
}

/** A confidence interval, in the unit of its value. */
export interface Interval {
  /** Lower end. */
  low: number;
  /** Upper end. */
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

/** One of `RECEIPT_QUANTITIES`; its unit is the end of its name. */
export type ReceiptQuantity = (typeof RECEIPT_QUANTITIES)[number];

/** One quantity of a receipt: asked against measured. */
export interface ReceiptCheck {
  /** Such as `rtt` or `loss`, with the machines concerned: `cloud-1 <-> pi-1`. */
  subject: string;
  /** What was measured. */
  quantity: ReceiptQuantity;
  /** What the fault was to do, in the unit of the quantity; of before and after, what is normal. */
  asked: number;
  /** What it did. */
  measured: number;
  /** How far the two may be apart. */
  tolerance: number;
  /** Of `measured`, where it is an estimate. */
  interval?: Interval;
  /** Readings behind `measured`. */
  samples: number;
  /** Fewest that can tell; absent where one is enough. */
  needed?: number;
  /** Measured is what was asked. */
  held: boolean;
}

/** The evidence that a fault was not there before, held during its window, and was gone after. */
export interface Receipt {
  /** Name of the fault, unique within its phase. */
  fault: string;
  /** Name of the phase. */
  phase: string;
  /** When injecting began. */
  askedAt: number;
  /** When it was in force. */
  injectedAt: number;
  /** When it was put back. */
  healedAt: number;
  /** Measured before anything was changed. */
  before: ReceiptCheck[];
  /** Measured while it was in force. */
  during: ReceiptCheck[];
  /** Measured once all faults of the phase were healed. */
  after: ReceiptCheck[];
  /** All checks held. */
  held: boolean;
  /** Empty when held; else why not, with numbers. */
  reasons: string[];
}

/** What a node failure did, as offsets are computed by the judge. */
export interface NodeFailure {
  /** Name of the phase. */
  phase: string;
  /** The node that failed. */
  node: string;
  /** Its class. */
  deviceClass: string;
  /** Its power was cut. */
  killedAt: number;
  /** Kubernetes called it NotReady. */
  notReadyAt?: number;
  /** First and last request that did not complete. */
  firstErrorAt?: number;
  /** End of the last such request. */
  lastErrorAt?: number;
  /** First replacement pod Ready on another node. */
  replacementReadyAt?: number;
  /** It was given its power back. */
  restartedAt?: number;
  /** Kubernetes called it Ready again. */
  nodeReadyAgainAt?: number;
}

/** Host pressure during a phase: past a limit, timing verdicts are inconclusive. */
export interface HostPressure {
  /** Name of the phase. */
  phase: string;
  /** Of the machine that everything runs on. */
  cores: number;
  /** Share of CPU time that was not idle, 0..1, over the phase. */
  cpuBusy: number;
  /** Share stolen by the hypervisor, 0..1. */
  cpuSteal: number;
  /** PSI `some` for CPU, share of wall time, if the kernel gives it. */
  psiCpuSome?: number;
  /** Share of CPU time, 0..1, of processes that are neither the rig's nor edgeproof's; absent in old runs, and without /proc. */
  cpuForeign?: number;
}

/** One thing that was observed about a fault's damage or the recovery from it, such as when the overlay answered again. */
export interface Observation {
  /** Name of the phase. */
  phase: string;
  /** Kebab-case, such as `overlay-recovery`; docs/scenarios.md says from when to when each is measured. */
  observable: string;
  /** Machine, pair or pod concerned; empty for the whole rig. */
  subject: string;
  /** Of the machine concerned; empty where there is none. */
  deviceClass: string;
  /** Of `value`. */
  unit: "ms" | "count" | "share" | "bytes" | "ratio";
  /** Undefined: waited for, and it never came. */
  value?: number;
  /** What the value was read from, with figures. */
  detail: string;
}

/** What was run, on what: `run.json`. */
export interface RunHeader {
  /** Version of the format. */
  schema: typeof RUN_SCHEMA;
  /** Name of the run's folder. */
  id: string;
  /** Name of the suite. */
  suite: string;
  /** Name of the topology. */
  topology: string;
  /** What made the cluster, with its version. */
  engine: string;
  /** `netem` or `userspace`. */
  wanBackend: string;
  /** What ran functions. */
  functionsLayer: string;
  /** Of every random choice. */
  seed: number;
  /** When the run began. */
  startedAt: number;
  /** Of edgeproof, Node and every program of the toolchain. */
  versions: Record<string, string>;
  /** The machine that everything ran on. */
  host: {
    /** As the kernel calls itself, such as `Linux`. */
    os: string;
    /** Version of the kernel. */
    kernel: string;
    /** Of the CPU. */
    cores: number;
    /** Of the whole machine. */
    memoryMiB: number;
    /** With its version, such as `docker 20.10.24`. */
    containerEngine: string;
  };
  /** Nodes of the cluster. */
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
  | { type: "reachability"; at: number; reachability: Reachability }
  /** A cell of a matrix, which is a phase of its own; whatever lies between the two is the cell's. */
  | { type: "cell"; at: number; phase: string; state: "begun" | "finished" }
  /** A guard rail ended the phase before its time: its faults were healed, later phases were not run. */
  | { type: "abort"; at: number; phase: string; reason: string }
  | { type: "end"; at: number; status: "finished" | "interrupted" | "failed" };

/** A run as read back from its folder. */
export interface RecordedRun {
  /** Where it was read from. */
  folder: string;
  /** `run.json`. */
  header: RunHeader;
  /** `events.ndjson`, in the order in which they were written. */
  events: RunEvent[];
  /** Every request of the phases that were read. */
  samples: Sample[];
  /** False when the folder has no `end` event: the run was cut off. */
  complete: boolean;
}

/** What a judge says: `met` and `missed` are about the system, `inconclusive` is about the evidence, `broken` about the rig. */
export type Verdict = "met" | "missed" | "inconclusive" | "broken";
