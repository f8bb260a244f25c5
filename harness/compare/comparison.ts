import { ExitCode } from "../exit-codes.ts";
import type { Unit } from "../judge/format.ts";
import type { Interval } from "../record/model.ts";

/** Smallest difference of shares that matters, in shares: a relative one means nothing near 0 %. */
export const SHARE_EFFECT = 0.01;

/** What became of a quantity from the base run to the head run. */
export type Change = "worse" | "inconclusive" | "better" | "same";

/** Worst first. */
export const CHANGES = ["worse", "inconclusive", "better", "same"] as const satisfies Change[];

/** Where both runs measured something; empty texts where it covers all of them. */
export interface ComparisonScope {
  phase: string;
  profile: string;
  function: string;
  deviceClass: string;
}

export interface Comparison {
  /** Such as `p95`, `errors` or `all pods answering`. */
  quantity: string;
  scope: ComparisonScope;
  /** Of `base` and `head`. */
  unit: Unit;
  /** Point estimates, `Infinity` for what never happened; undefined where nothing was measured. */
  base: number | undefined;
  head: number | undefined;
  /** Samples behind them. */
  samples: { base: number; head: number };
  /** head / base - 1; for errors head - base, in shares. Undefined where neither can be had. */
  change: number | undefined;
  /** Of `change`; undefined for single observations. */
  interval: Interval | undefined;
  /** Smallest |change| that matters. */
  effect: number;
  /**
   * Two-sided, of no change; corrected for all comparisons of the report once it is one. Undefined where
   * nothing could be tested.
   */
  p: number | undefined;
  verdict: Change;
  /** Why it is inconclusive, or what has to be known; may be empty. */
  reason: string;
}

/** A comparison before the others of its report are known; with `doubts` it decides nothing. */
export type Finding = Omit<Comparison, "verdict" | "reason"> & { doubts: string[]; notes: string[] };

export interface RunComparison {
  /** Ids of the runs. */
  base: string;
  head: string;
  /** Smallest relative change that matters, such as 0.05. */
  effect: number;
  /** Chance of even one false alarm that the corrected p values are held against. */
  alpha: number;
  seed: number;
  /** What else than the code differs between the runs, such as `engine: kubernetes, k3s`. */
  differs: string[];
  /** Phases and functions that only one of them has. */
  unmatched: string[];
  /** Why a run, or a phase of it, cannot be compared. */
  broken: string[];
  /** Worst first. */
  comparisons: Comparison[];
}

/** Broken before worse before nothing decided. */
export const comparisonExitCode = ({ broken, comparisons }: RunComparison): ExitCode => {
  if (broken.length > 0) return ExitCode.broken;
  if (comparisons.some(({ verdict }) => verdict === "worse")) return ExitCode.missed;
  return comparisons.every(({ verdict }) => verdict === "inconclusive")
    ? ExitCode.inconclusive
    : ExitCode.met;
};

/** How many of each, such as `1 worse, 2 better, 14 same, 3 inconclusive`. */
export const changeCounts = (comparisons: readonly Comparison[]): string =>
  (["worse", "better", "same", "inconclusive"] as const)
    .map((change) => `${comparisons.filter(({ verdict }) => verdict === change).length} ${change}`)
    .join(", ");

/** JSON text with the same bytes for the same comparison; `Infinity`, which JSON lacks, is written `"infinite"`. */
export const comparisonJson = (compared: RunComparison): string => {
  const finite = (_key: string, inner: unknown): unknown => (inner === Infinity ? "infinite" : inner);
  return `${JSON.stringify(compared, finite, 2)}\n`;
};
