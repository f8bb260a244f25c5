import type { Measured } from "../../../chaos/bench/figure.ts";
import { type Slope, theilSen } from "../../statistics/theil-sen.ts";

/** One part of the harness whose cost is measured at several sizes. */
export interface Subject {
  /** What is done, and what its size counts. */
  what: string;
  /** Ascending; five at least for an interval of the exponent. */
  sizes: readonly number[];
  /** Makes what one size needs, outside the measured time. */
  prepare(size: number): () => unknown;
  /** The exponent that it is meant to have at most: 1 in proportion, 2 with the square. */
  most: number;
  /** What is to be known. */
  note?: string;
}

export interface Growth {
  sizes: readonly number[];
  /** CPU time of one piece of work at each size, ms. */
  ms: number[];
  /** Log-log slope: cost grows as size to this power. */
  exponent: Slope;
}

/** So long a time is measured with little noise. */
const LEAST_MS = 20;
const REPETITIONS = 5;
/** A finding is above the target by more than what caches and the collector of garbage make of a linear cost. */
const TOLERANCE = 0.3;

/** CPU time of this process, ms: what others do on the host beside it counts little. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** CPU time of one run of the work, ms: the least of several, each of so many runs that they can be timed. */
async function timeOf(work: () => unknown): Promise<number> {
  let runs = 1;
  const once = async (): Promise<number> => {
    const began = cpuMs();
    for (let run = 0; run < runs; run++) await work();
    return cpuMs() - began;
  };
  for (let took = await once(); took < LEAST_MS; took = await once()) runs *= 2;
  let least = Infinity;
  for (let repetition = 0; repetition < REPETITIONS; repetition++)
    least = Math.min(least, (await once()) / runs);
  return least;
}

export async function measureGrowth(subject: Subject): Promise<Growth> {
  const { sizes } = subject;
  const ms: number[] = [];
  for (const size of sizes) ms.push(await timeOf(subject.prepare(size)));
  return { sizes, ms, exponent: theilSen(sizes.map(Math.log), ms.map(Math.log), 0.95) };
}

const short = (value: number): string => String(Number(value.toPrecision(2)));

export function growthFigure({ what, most, note }: Subject, { sizes, ms, exponent }: Growth): Measured {
  const { slope, low, high } = exponent;
  const interval = Number.isFinite(low) ? `[${short(low)}, ${short(high)}]` : "no interval";
  const ends = `${short(ms[0]!)} ms at ${sizes[0]}, ${short(ms.at(-1)!)} ms at ${sizes.at(-1)}`;
  return {
    group: "growth",
    what,
    measured: slope,
    unit: "log-log slope",
    target: `<= ${most + TOLERANCE}`,
    met: slope <= most + TOLERANCE,
    note: [interval, ends, note].filter(Boolean).join("; "),
  };
}
