import { ExitCode } from "../exit-codes.ts";
import type { ComparisonScope } from "../compare/comparison.ts";
import type { Unit } from "../judge/format.ts";
import type { Interval, RunHeader } from "../record/model.ts";

/** What one run says about one quantity in one place. */
export interface Figure {
  /** Such as `p95`, `errors` or `all pods answering`. */
  quantity: string;
  scope: ComparisonScope;
  unit: Unit;
  worse: "higher" | "lower";
  /** `Infinity` for what never happened. */
  value: number;
  /** Ends of the run's own interval; undefined for a single observation. */
  interval: { low: number; high: number } | undefined;
  /** Samples behind it. */
  n: number;
  /** Load and faults that it was measured under: figures under others are no part of the same series. */
  conditions: string;
  /** Why it does not count, such as a busy host; empty if it does. */
  doubts: string[];
}

/** A recorded run, reduced to its figures; its samples are not kept. */
export interface RunFigures {
  folder: string;
  header: RunHeader;
  figures: Figure[];
  /** Why the run, or a phase of it, does not count: cut off, trouble, a fault that did not hold. */
  broken: { phase: string | undefined; reason: string }[];
}

/** What became of a quantity over the runs of a group. */
type TrendVerdict = "worse" | "better" | "same" | "too few runs";

/** Worst first. */
export const TREND_VERDICTS = ["worse", "too few runs", "better", "same"] as const satisfies TrendVerdict[];

export interface TrendPoint {
  /** Number of the run within its group, 1 for the oldest. */
  run: number;
  value: number;
  interval: { low: number; high: number } | undefined;
  n: number;
}

export interface TrendRow {
  /** Number of its group. */
  group: number;
  quantity: string;
  scope: ComparisonScope;
  unit: Unit;
  worse: "higher" | "lower";
  points: TrendPoint[];
  /** Runs whose figure does not count, and why. */
  leftOut: { run: number; reason: string }[];
  /** Median of the first three values, that changes are relative to. */
  base: number;
  /** Of the Theil-Sen line from the first run to the last: relative to `base`, of shares in shares. */
  change: number;
  /** Of `change`; infinite ends below five runs. */
  interval: Interval;
  /** Two-sided, of no trend; corrected for all rows of the report. Undefined where nothing was tested. */
  p: number | undefined;
  /** Smallest |change| that matters. */
  effect: number;
  verdict: TrendVerdict;
  /** Why there are too few runs; empty otherwise. */
  reason: string;
  /** Where the last run lies against the range of those before; undefined where it has no figure, or they have none. */
  last:
    | { place: "worse than all before" | "better than all before" | "within"; low: number; high: number }
    | undefined;
}

/** Runs that may be held against each other. */
export interface TrendGroup {
  number: number;
  suite: string;
  /** Suite, topology, engine, host and so on, which all of its runs have in common. */
  traits: Record<string, string>;
  /** Oldest first; `startedAt` in ms since the Unix epoch. */
  runs: { id: string; startedAt: number }[];
  /** In which traits it differs from the largest group of its suite: `host.cores: 2, 4`. */
  apart: string[];
}

export interface Trend {
  /** Smallest relative change that matters, such as 0.05. */
  effect: number;
  /** Chance of even one false alarm that the corrected p values are held against. */
  alpha: number;
  groups: TrendGroup[];
  /** Runs and phases that do not count, and why. */
  excluded: { run: string; reason: string }[];
  /** Worst first. */
  rows: TrendRow[];
}

/** Something worse before nothing decided. */
export const trendExitCode = ({ rows }: Trend): ExitCode => {
  if (rows.some(({ verdict }) => verdict === "worse")) return ExitCode.missed;
  return rows.every(({ verdict }) => verdict === "too few runs") ? ExitCode.inconclusive : ExitCode.met;
};

/** How many of each, such as `1 worse, 2 better, 14 same, 3 too few runs`. */
export const trendCounts = ({ rows }: Trend): string =>
  (["worse", "better", "same", "too few runs"] as const)
    .map((name) => `${rows.filter(({ verdict }) => verdict === name).length} ${name}`)
    .join(", ");

/** JSON text with the same bytes for the same trend; infinite values, which JSON lacks, are `"infinite"`, `"-infinite"`. */
export const trendJson = (trend: Trend): string => {
  const finite = (_key: string, inner: unknown): unknown =>
    inner === Infinity ? "infinite" : inner === -Infinity ? "-infinite" : inner;
  return `${JSON.stringify(trend, finite, 2)}\n`;
};
