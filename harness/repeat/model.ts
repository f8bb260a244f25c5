import type { Change, ComparisonScope } from "../compare/comparison.ts";
import { ExitCode } from "../exit-codes.ts";
import type { Unit } from "../judge/format.ts";
import type { Interval } from "../record/model.ts";

export const REPEAT_SCHEMA = 1;

/** What the runs of one side have in common. */
export interface RepeatSide {
  topology: string;
  /** Functions that are slower on purpose, by which share of their own time. */
  slow: Record<string, number>;
}

/** What was asked for, before the first run. */
export interface RepeatPlan {
  schema: typeof REPEAT_SCHEMA;
  suite: string;
  seed: number;
  base: RepeatSide;
  /** Absent where one side alone is measured. */
  head?: RepeatSide;
  /** Most repetitions. */
  most: number;
  /** No repetition begins after so many ms. */
  budgetMs: number;
  /** Comparing: the smallest relative change that matters. Measuring: how far an interval may reach from its middle. */
  effect: number;
  startedAt: number;
}

/** Runs of one repetition, by their folders. */
export interface Repetition {
  base: string;
  head?: string;
}

/** Comparing, what became of a quantity; measuring, whether it is known well enough. */
export type RepeatVerdict = Change | "known" | "not known";

export interface RepeatRow {
  quantity: string;
  scope: ComparisonScope;
  unit: Unit;
  /** Repetitions behind it. */
  n: number;
  /** Means over the repetitions, of times geometric ones; undefined without repetitions. */
  base: number | undefined;
  head: number | undefined;
  /** head / base - 1, of shares head - base; measuring, undefined. */
  change: number | undefined;
  /** Of `change`; measuring, of `base`. Holds for all rows and looks together. Undefined below three repetitions. */
  interval: Interval | undefined;
  verdict: RepeatVerdict;
  /** Why repetitions do not count; may be empty. */
  reason: string;
}

export type RepeatEnd = "decided" | "repetitions spent" | "time spent" | "interrupted";

export interface RepeatResult {
  plan: RepeatPlan;
  repetitions: readonly Repetition[];
  /** Undefined while it goes on. */
  ended: RepeatEnd | undefined;
  /** Worst first. */
  rows: readonly RepeatRow[];
}

/** Chance of even one false alarm among all rows and looks. */
export const ALPHA = 0.01;

/** Below, there is no look: two values have a scatter, but hardly an interval. */
export const FEWEST = 3;

const UNDECIDED: readonly RepeatVerdict[] = ["inconclusive", "not known"];

export const isDecided = ({ verdict }: RepeatRow): boolean => !UNDECIDED.includes(verdict);

export const repeatExitCode = ({ ended, rows }: RepeatResult): ExitCode => {
  if (ended === "interrupted") return ExitCode.interrupted;
  if (rows.some(({ verdict }) => verdict === "worse")) return ExitCode.missed;
  return rows.length > 0 && rows.every(isDecided) ? ExitCode.met : ExitCode.inconclusive;
};
