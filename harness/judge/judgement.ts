import { ExitCode } from "../exit-codes.ts";
import type { Interval, PhaseKind, Verdict } from "../record/model.ts";
import { formatValue, type Unit } from "./format.ts";
import type { Objective } from "./objective.ts";

/** Where a judgement applies; empty texts where it covers all of them, or where nothing was found. */
export interface JudgementScope {
  phase: string;
  phaseKind: PhaseKind | "";
  profile: string;
  function: string;
  deviceClass: string;
  /** Only where the objective is about a node or a site. */
  node?: string;
  site?: string;
}

/** One objective, judged in one place. */
export interface Judgement {
  objective: string;
  quantity: Objective["quantity"];
  scope: JudgementScope;
  verdict: Verdict;
  /** Such as `p95 <= 150 ms`. */
  expected: string;
  /** In `unit`. */
  limit: number;
  unit: Unit;
  /** Point estimate in `unit`, `Infinity` for what never happened; undefined when nothing was measured. */
  received: number | undefined;
  /** Undefined for single observations and for too few samples. */
  interval: Interval | undefined;
  /** Samples behind `received`; 1 for a single observation such as a scale-out. */
  n: number;
  /** Why it was expected to be missed; absent where it was not. */
  knownFailure?: string;
  /** Why the verdict is not `met`, or what has to be known about it; may be empty. */
  reason: string;
}

const BY_SEVERITY = ["met", "inconclusive", "missed", "broken"] as const satisfies Verdict[];

/** A miss that was expected fails nothing. */
export const failsRun = ({ verdict, knownFailure }: Judgement): boolean =>
  verdict !== "met" && !(verdict === "missed" && knownFailure !== undefined);

/**
 * The worst of the verdicts: broken > missed > inconclusive > met; a known failure's miss counts as met. Without a single judgement nothing was shown:
 * inconclusive.
 */
export const overallVerdict = (judgements: readonly Judgement[]): Verdict => {
  if (judgements.length === 0) return "inconclusive";
  const counted = judgements.map((one): Verdict => (failsRun(one) ? one.verdict : "met"));
  const worst = Math.max(...counted.map((verdict) => BY_SEVERITY.indexOf(verdict)));
  return BY_SEVERITY[worst]!;
};

export const verdictExitCode = (verdict: Verdict): ExitCode => ExitCode[verdict];

/** JSON text with the same bytes for the same judgements; `Infinity`, which JSON lacks, is written `"infinite"`. */
export const judgementsJson = (judgements: readonly Judgement[]): string => {
  const value = { verdict: overallVerdict(judgements), judgements };
  const finite = (_key: string, inner: unknown): unknown =>
    inner === Infinity ? "infinite" : inner === -Infinity ? "never" : inner;
  return `${JSON.stringify(value, finite, 2)}\n`;
};

/** Such as `typ, hello-world, pi4`. */
export const describeScope = ({
  phase,
  function: fn,
  deviceClass,
  node = "",
  site = "",
}: JudgementScope): string => [phase, fn, deviceClass, node, site].filter((part) => part !== "").join(", ");

/** Such as `12.3 ms [11.9 ms, 14 ms]`, or `nothing`. */
export const describeReceived = ({ received, interval, unit }: Judgement): string => {
  if (received === undefined) return "nothing";
  const value = formatValue(received, unit);
  return interval === undefined
    ? value
    : `${value} [${formatValue(interval.low, unit)}, ${formatValue(interval.high, unit)}]`;
};
