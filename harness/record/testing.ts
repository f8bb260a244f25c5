import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  RUN_SCHEMA,
  type HostPressure,
  type LoadAccount,
  type NodeFailure,
  type Outcome,
  type Phase,
  type PodTimeline,
  type Receipt,
  type RecordedRun,
  type RunEvent,
  type RunHeader,
  type Sample,
} from "./model.ts";

/** Builders of small, whole runs for tests; every run they make is consistent unless the test breaks it. */
export const START = Date.UTC(2026, 0, 31, 12, 0, 0);

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "edgeproof-record-"));

const node = (name: string, role: string, site: string, deviceClass: string) => ({
  name,
  role,
  site,
  deviceClass,
  emulation: "none" as const,
  architecture: "amd64",
});

export const header: RunHeader = {
  schema: RUN_SCHEMA,
  id: "20260131T120000Z-nogit-quickstart",
  suite: "quickstart",
  topology: "quickstart",
  engine: "kubernetes",
  wanBackend: "userspace",
  functionsLayer: "deployment",
  seed: 1,
  startedAt: START,
  versions: { edgeproof: "0.1.0", kubernetes: "v1.34.4" },
  host: { os: "linux", kernel: "6.1", cores: 2, memoryMiB: 24000, containerEngine: "20.10" },
  nodes: [
    node("cloud-1", "server", "cloud", "vm-medium"),
    node("pi4-1", "agent", "edge-a", "pi4"),
    node("pi3-1", "agent", "edge-b", "pi3"),
  ],
  settings: { nodeMonitorGracePeriodSeconds: 8 },
};

export const phase = (name: string, changes: Partial<Phase> = {}): Phase => ({
  name,
  kind: "steady",
  profile: "lcl",
  startedAt: START,
  endedAt: START + 10_000,
  faults: [],
  ...changes,
});

export const receipt = (fault: string, inPhase: string, changes: Partial<Receipt> = {}): Receipt => ({
  fault,
  phase: inPhase,
  askedAt: START,
  injectedAt: START,
  healedAt: START + 10_000,
  before: [],
  during: [
    {
      subject: "cloud-1 <-> pi4-1",
      quantity: "rtt-ms",
      asked: 4.16,
      measured: 4.21,
      tolerance: 0.5,
      interval: { low: 4.1, high: 4.3, confidence: 0.99 },
      samples: 200,
      held: true,
    },
  ],
  after: [],
  held: true,
  reasons: [],
  ...changes,
});

export const quiet = (inPhase: string, changes: Partial<HostPressure> = {}): HostPressure => ({
  phase: inPhase,
  cores: 2,
  cpuBusy: 0.5,
  cpuSteal: 0,
  psiCpuSome: 0.1,
  ...changes,
});

const CLASSES = ["vm-medium", "pi4", "pi3"];
const NODES = ["cloud-1", "pi4-1", "pi3-1"];

/** One request each `durationMs`, 50 ms apart, in turn on the three nodes; `Infinity` stands for a failed one. */
export const samplesOf = (inPhase: Phase, durations: readonly number[], fn = "hello-world"): Sample[] =>
  durations.map((durationMs, index) => {
    const answered = Number.isFinite(durationMs);
    const at = inPhase.startedAt + index * 50;
    const outcome: Outcome = answered ? "completed" : "failed";
    return {
      phase: inPhase.name,
      fn,
      intendedAt: at,
      startedAt: at,
      durationMs: answered ? durationMs : 10,
      outcome,
      status: answered ? 200 : 0,
      errorCode: answered ? 0 : 1212,
      pod: answered ? `${fn}-${index % 3}` : "",
      node: answered ? NODES[index % 3]! : "",
      deviceClass: answered ? CLASSES[index % 3]! : "",
    };
  });

/** The accounts that k6 would have given for these samples: nothing dropped, everything planned. */
export const accountsOf = (samples: readonly Sample[]): LoadAccount[] => {
  const accounts = new Map<string, LoadAccount>();
  for (const { phase: inPhase, fn, outcome } of samples) {
    const key = `${inPhase}/${fn}`;
    const account = accounts.get(key) ?? {
      phase: inPhase,
      fn,
      planned: 0,
      offered: 0,
      completed: 0,
      failed: 0,
      timedOut: 0,
      dropped: 0,
      ratePerSecond: 20,
      durationMs: 0,
    };
    account.planned++;
    account.offered++;
    account.durationMs += 50;
    account[outcome === "timed-out" ? "timedOut" : outcome]++;
    accounts.set(key, account);
  }
  return [...accounts.values()];
};

/** Pods that became ready `readyAfter[i]` ms after they were asked for and answered 100 ms later. */
export const pods = (askedAt: number, readyAfter: readonly (number | undefined)[]): PodTimeline[] =>
  readyAfter.map((after, index) => {
    const base = { pod: `hello-world-${index}`, uid: `uid-${index}`, askedAt, createdAt: askedAt + 20 };
    if (after === undefined) return base;
    return {
      ...base,
      node: NODES[index % 3]!,
      deviceClass: CLASSES[index % 3]!,
      scheduledAt: askedAt + 40,
      startedAt: askedAt + after - 200,
      readyAt: askedAt + after,
      firstAnswerAt: askedAt + after + 100,
    };
  });

export const nodeFailure = (inPhase: string, changes: Partial<NodeFailure> = {}): NodeFailure => ({
  phase: inPhase,
  node: "pi4-1",
  deviceClass: "pi4",
  killedAt: START,
  notReadyAt: START + 9_000,
  firstErrorAt: START + 100,
  lastErrorAt: START + 9_500,
  replacementReadyAt: START + 13_000,
  restartedAt: START + 20_000,
  nodeReadyAgainAt: START + 26_000,
  ...changes,
});

export interface RunParts {
  phases?: Phase[];
  samples?: Sample[];
  accounts?: LoadAccount[];
  events?: RunEvent[];
  /** Pressure events; quiet ones for every phase unless given. */
  pressure?: HostPressure[];
  complete?: boolean;
}

/** A run with these parts; accounts, quiet hosts and the `end` event are filled in. */
export const runOf = (parts: RunParts): RecordedRun => {
  const { phases = [], samples = [], events = [], complete = true } = parts;
  const accounts = parts.accounts ?? accountsOf(samples);
  const pressure = parts.pressure ?? phases.map(({ name }) => quiet(name));
  const at = START + 60_000;
  const all: RunEvent[] = [
    ...phases.map((value): RunEvent => ({ type: "phase", at, phase: value })),
    ...accounts.map((account): RunEvent => ({ type: "load", at, account })),
    ...pressure.map((value): RunEvent => ({ type: "pressure", at, pressure: value })),
    ...events,
  ];
  if (complete) all.push({ type: "end", at, status: "finished" });
  return { folder: "/nowhere", header, events: all, samples, complete };
};
