import type { PairReach, Phase, RecordedRun, RunEvent, Sample } from "../harness/record/model.ts";
import { nodeFailure, phase, pods, receipt, runOf, samplesOf, START } from "../harness/record/testing.ts";

/** mulberry32: a small seeded generator, so that the run of a test is always the same. */
const random = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

const durationsOf = (
  draw: () => number,
  seconds: number,
  median: number,
  failing: (index: number) => boolean,
): number[] =>
  Array.from({ length: seconds * 20 }, (_, index) => {
    const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
    return failing(index) ? Infinity : median * Math.exp(0.35 * normal);
  });

const PAIRS = [
  ["cloud-1", "pi4-1"],
  ["cloud-1", "pi3-1"],
  ["pi4-1", "pi3-1"],
] as const;

/** Round trips of each pair, in both directions; undefined: nothing answers. */
const reached = (trips: readonly (number | undefined)[]): PairReach[] =>
  PAIRS.flatMap(([a, b], index) => {
    const medianMs = trips[index];
    return [
      [a, b],
      [b, a],
    ].map(([from, to]): PairReach => {
      const pair = { from: from!, to: to!, sent: 5, received: medianMs === undefined ? 0 : 5 };
      return medianMs === undefined
        ? pair
        : { ...pair, medianMs, minMs: medianMs * 0.9, maxMs: medianMs * 1.2 };
    });
  });

/**
 * A run with every kind of fact in it, as the quickstart would give: WAN profiles, a scale-out and a node failure.
 *
 * @param seconds Of each phase. @default 30
 */
export const wholeRun = (seconds = 30): RecordedRun => {
  const draw = random(7);
  const at = (index: number, name: string, changes: Partial<Phase>): Phase => {
    const startedAt = START + index * seconds * 1000;
    return phase(name, { startedAt, endedAt: startedAt + seconds * 1000 - 500, ...changes });
  };
  const phases = [
    at(0, "baseline", { kind: "baseline" }),
    at(1, "typ", { profile: "typ", faults: ["wan-typ"] }),
    at(2, "lossy", { profile: "lossy", faults: ["wan-lossy"] }),
    at(3, "stream-latency", { faults: ["stream-latency"] }),
    at(4, "scale-out", { kind: "scale-out" }),
    at(5, "node-kill", { kind: "fault", faults: ["node-kill"] }),
    at(6, "node-back", { kind: "healed" }),
  ];
  const [baseline, typ, lossy, stream, out, kill, back] = phases as [
    Phase,
    Phase,
    Phase,
    Phase,
    Phase,
    Phase,
    Phase,
  ];
  const never = (): boolean => false;
  const load: [Phase, number, (index: number) => boolean, string?][] = [
    [baseline, 8, never],
    [baseline, 60, never, "fib"],
    [typ, 16, never],
    [lossy, 40, (index) => index % 45 === 0],
    [stream, 130, never],
    [kill, 11, (index) => index > 4 && index < 190 && index % 3 === 1],
    [back, 9, never],
  ];
  const samples = load.flatMap(([inPhase, median, failing, fn]): Sample[] =>
    samplesOf(inPhase, durationsOf(draw, seconds, median, failing), fn).map((sample) =>
      sample.outcome === "failed" && draw() < 0.4 ? { ...sample, outcome: "timed-out" } : sample,
    ),
  );
  const receiptIn = (fault: string, inPhase: Phase, changes = {}): RunEvent => ({
    type: "receipt",
    at: inPhase.endedAt,
    receipt: receipt(fault, inPhase.name, {
      injectedAt: inPhase.startedAt,
      healedAt: inPhase.endedAt,
      ...changes,
    }),
  });
  const killedAt = kill.startedAt + 300;
  const events: RunEvent[] = [
    receiptIn("wan-typ", typ),
    receiptIn("wan-lossy", lossy),
    receiptIn("stream-latency", stream, { held: false, reasons: ["latency 3 ms, asked 100 ms ± 10 ms"] }),
    receiptIn("node-kill", kill, { healedAt: kill.startedAt + 22_000 }),
    {
      type: "scale-out",
      at: out.endedAt,
      scaleOut: {
        phase: out.name,
        from: 0,
        to: 8,
        askedAt: out.startedAt,
        pods: pods(out.startedAt, [1400, 1800, 2600, 2500, 3900, 5200, 4700, undefined]),
      },
    },
    {
      type: "node-failure",
      at: kill.endedAt,
      nodeFailure: nodeFailure(kill.name, {
        killedAt,
        notReadyAt: killedAt + 9_000,
        firstErrorAt: killedAt + 50,
        lastErrorAt: killedAt + 9_200,
        replacementReadyAt: killedAt + 13_000,
        restartedAt: killedAt + 20_000,
        nodeReadyAgainAt: killedAt + 26_000,
      }),
    },
    { type: "reachability", at: START, reachability: { moment: "start", pairs: reached([1.2, 9, 0.8]) } },
    {
      type: "reachability",
      at: START,
      reachability: { moment: "end", pairs: reached([1.3, undefined, 0.9]) },
    },
    { type: "note", at: START, text: "images were there before <the> start" },
  ];
  return runOf({ phases, samples, events });
};
