import { CHANGES } from "../compare/comparison.ts";
import { studentUpperQuantile } from "../statistics/student.ts";
import type { Figure, RunFigures } from "../trend/model.ts";
import { ALPHA, FEWEST, type RepeatPlan, type RepeatRow, type RepeatVerdict } from "./model.ts";

/** Smallest change of a share that matters, as in comparing two runs. */
const SHARE_EFFECT = 0.01;

/** Of p99 a run of few requests says nothing that could be repeated. */
const FEWEST_FOR_P99 = 368;

const keyOf = ({ quantity, scope, unit }: Figure): string => JSON.stringify([quantity, scope, unit]);

/** Why a run's figure does not count; empty if it does. */
const doubtsOf = (run: RunFigures, figure: Figure): string[] => [
  ...run.broken
    .filter(({ phase }) => phase === undefined || phase === figure.scope.phase)
    .map(({ reason }) => reason),
  ...figure.doubts,
];

/** Times are compared by their ratio, and so in logarithms; shares by their difference. */
const scaleOf = ({ unit }: Figure): ((value: number) => number) | undefined => {
  if (unit === "ms") return Math.log;
  return unit === "share" ? (value) => value : undefined;
};

interface Pairs {
  figure: Figure;
  base: number[];
  head: number[];
  /** Of repetitions that do not count. */
  doubts: Set<string>;
}

function collect(bases: readonly RunFigures[], heads: readonly RunFigures[] | undefined): Pairs[] {
  const rows = new Map<string, Pairs>();
  bases.forEach((base, index) => {
    const head = heads?.[index];
    for (const figure of base.figures) {
      const scale = scaleOf(figure);
      if (!scale || (figure.quantity === "p99" && figure.n < FEWEST_FOR_P99)) continue;
      const key = keyOf(figure);
      const row = rows.get(key) ?? { figure, base: [], head: [], doubts: new Set<string>() };
      rows.set(key, row);
      const other = head?.figures.find((one) => keyOf(one) === key);
      if (head && !other) {
        row.doubts.add("the other side's run did not measure it");
        continue;
      }
      const doubts = [...doubtsOf(base, figure), ...(head && other ? doubtsOf(head, other) : [])];
      const values = [figure, ...(other ? [other] : [])].map(({ value }) => scale(value));
      if (!values.every(Number.isFinite)) doubts.push("something never happened");
      if (doubts.length > 0) doubts.forEach((reason) => row.doubts.add(reason));
      else {
        row.base.push(values[0]!);
        if (other) row.head.push(values[1]!);
      }
    }
  });
  return [...rows.values()];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean of independent values and how far its interval reaches, by Student's distribution. */
function estimate(values: readonly number[], tail: number): { middle: number; reach: number } {
  const middle = mean(values);
  const n = values.length;
  if (n < FEWEST) return { middle, reach: Infinity };
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (n - 1);
  return { middle, reach: studentUpperQuantile(tail, n - 1) * Math.sqrt(variance / n) };
}

function verdictOf(low: number, high: number, effect: number, worse: Figure["worse"]): RepeatVerdict {
  if (low > -effect && high < effect) return "same";
  if (low > effect) return worse === "higher" ? "worse" : "better";
  if (high < -effect) return worse === "higher" ? "better" : "worse";
  return "inconclusive";
}

const confidence = 1 - ALPHA;

function compared(row: Pairs, tail: number, plan: RepeatPlan): RepeatRow {
  const { figure, base, head } = row;
  const isTime = figure.unit === "ms";
  // Runs of one repetition follow each other, so that what drifts over hours is in both.
  const differences = head.map((value, index) => value - base[index]!);
  const { middle, reach } = estimate(differences, tail);
  const back = (value: number): number => (isTime ? Math.expm1(value) : value);
  const [low, high] = [back(middle - reach), back(middle + reach)];
  const known = Number.isFinite(reach);
  const meanOf = (values: readonly number[]) => (isTime ? Math.exp(mean(values)) : mean(values));
  return {
    ...about(row),
    head: head.length === 0 ? undefined : meanOf(head),
    change: head.length === 0 ? undefined : back(middle),
    interval: known ? { low, high, confidence } : undefined,
    verdict: known ? verdictOf(low, high, isTime ? plan.effect : SHARE_EFFECT, figure.worse) : "inconclusive",
  };
}

function measuredAlone(row: Pairs, tail: number, plan: RepeatPlan): RepeatRow {
  const isTime = row.figure.unit === "ms";
  const { middle, reach } = estimate(row.base, tail);
  const back = isTime ? Math.exp : (value: number) => value;
  const known = Number.isFinite(reach);
  const narrow = isTime ? Math.expm1(reach) <= plan.effect : reach <= SHARE_EFFECT;
  return {
    ...about(row),
    head: undefined,
    change: undefined,
    interval: known ? { low: back(middle - reach), high: back(middle + reach), confidence } : undefined,
    verdict: known && narrow ? "known" : "not known",
  };
}

function about({ figure, base, doubts }: Pairs) {
  const { quantity, scope, unit } = figure;
  return {
    ...{ quantity, scope, unit, n: base.length },
    base: base.length === 0 ? undefined : unit === "ms" ? Math.exp(mean(base)) : mean(base),
    reason: [...doubts].join("; "),
  };
}

const ORDER: readonly RepeatVerdict[] = [...CHANGES, "not known", "known"];

/**
 * What repetitions say so far, worst first. Every row is looked at after every repetition from the third on, and any look
 * may end it: each interval spends an equal part of `ALPHA` over all rows and all looks that were planned (Bonferroni), so
 * that stopping at a lucky moment is no way to a false alarm. Stopping when the interval is narrow enough: Chow & Robbins,
 * On the Asymptotic Theory of Fixed-Width Sequential Confidence Intervals for the Mean, 1965.
 */
export function evaluate(
  plan: RepeatPlan,
  bases: readonly RunFigures[],
  heads: readonly RunFigures[] | undefined,
): RepeatRow[] {
  const rows = collect(bases, heads);
  const looks = Math.max(1, plan.most - FEWEST + 1);
  const tail = ALPHA / 2 / looks / Math.max(1, rows.length);
  const of = heads ? compared : measuredAlone;
  return rows
    .map((row) => of(row, tail, plan))
    .toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
}

/** Which side's run comes first in a repetition (from 0): they take turns, so that neither is always the later. */
export const firstSide = (repetition: number): "base" | "head" => (repetition % 2 === 0 ? "base" : "head");
