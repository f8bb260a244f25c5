import type { Characterization, Estimate, Machine, NodeCharacterization, Scores } from "./model.ts";

/** A figure with an interval of 4 % to both sides. */
export const figure = (value: number, n = 6): Estimate => ({
  value,
  low: value * 0.96,
  high: value * 1.04,
  n,
});

export const machine: Machine = {
  architecture: "arm64",
  model: "Board 1",
  cores: 4,
  memoryMiB: 3795,
  kernel: "6.12.1",
  go: "go1.26.8",
};

export const scores: Scores = {
  integer: figure(5000),
  float: figure(4e9),
  memory: figure(15e9),
  crypto: figure(3e9),
  "integer-all": figure(20_000),
  "memory-all": figure(20e9),
  parallelism: figure(4),
  sustained: figure(0.98, 25),
  "fsync-p50": figure(0.35, 200),
  "fsync-p99": { value: 2.1, n: 200 },
};

export const node = (name: string): NodeCharacterization => ({
  ...{ node: name, deviceClass: "pi4", machine, checksums: { integer: "1f" }, tookMs: 6500 },
  scores: structuredClone(scores),
  nearest: { text: "unknown: no class has measured scores" },
});

export const characterization = (): Characterization => ({
  schema: 1,
  ...{ rig: "lab", topology: "quickstart", startedAt: Date.UTC(2026, 0, 31, 23, 59, 59), tookMs: 50_000 },
  oneByOne: true,
  versions: { edgeproof: "0.1.0" },
  nodes: [node("a"), node("b")],
  pairs: [
    {
      ...{ from: "a", to: "b", notes: [], overlayCostMs: { ...figure(0.25), n: 40 } },
      underlay: {
        rttMs: figure(10),
        loss: figure(0.01, 100),
        bandwidthBps: figure(90e6),
        largestPacket: 1500,
      },
      overlay: {
        rttMs: figure(10.3),
        jitterMs: figure(0.2),
        bandwidthBps: figure(45e6),
        largestPacket: 1300,
      },
    },
  ],
  ...{ calibrations: [], notes: ["The nodes share one host."] },
});
