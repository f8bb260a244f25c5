import { CHANGES, type Finding } from "../compare/comparison.ts";
import { decide } from "../compare/decide.ts";
import { studentUpperQuantile } from "../statistics/student.ts";
import type { Figure, RunFigures } from "../trend/model.ts";
import { ALPHA, FEWEST, type RepeatPlan, type RepeatRow, type RepeatVerdict } from "./model.ts";
import { average, doubtsOf, effectFor, keyOf, mean, scaleOf, squares, tested } from "./values.ts";

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
      if (!scale) continue;
      const key = keyOf(figure);
      const row = rows.get(key) ?? { figure, base: [], head: [], doubts: new Set<string>() };
      rows.set(key, row);
      const other = head?.figures.find((one) => keyOf(one) === key);
      if (head && !other) {
        row.doubts.add("the other side's run did not measure it");
        continue;
      }
      const doubts = [...doubtsOf(base, figure), ...(head && other ? doubtsOf(head, other) : [])];
      const values = [figure, ...(other ? [other] : [])].map(({ value }) => scale.to(value));
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

/** Runs of one repetition follow each other, so that what drifts over hours is in both: their differences count. */
function findingOf(row: Pairs, plan: RepeatPlan): Finding {
  const { figure, base, head, doubts } = row;
  const { quantity, scope, unit } = figure;
  const scale = scaleOf(figure)!;
  const differences = head.map((value, index) => value - base[index]!);
  const n = differences.length;
  const finding = {
    ...{ quantity, scope, unit, effect: effectFor(unit, plan.effect), notes: [...doubts] },
    ...{ base: average(base, scale), head: average(head, scale), samples: { base: n, head: n }, doubts: [] },
  };
  if (n < FEWEST) {
    const change = n === 0 ? undefined : scale.change(mean(differences));
    return { ...finding, change, interval: undefined, p: undefined };
  }
  const error = Math.sqrt(squares(differences) / (n - 1) / n);
  return { ...finding, ...tested(mean(differences), { error, freedom: n - 1, scale }) };
}

function compared(rows: readonly Pairs[], alpha: number, plan: RepeatPlan): RepeatRow[] {
  return decide(
    rows.map((row) => findingOf(row, plan)),
    alpha,
  ).map(({ quantity, scope, unit, base, head, change, interval, samples, verdict, reason }) => ({
    ...{ quantity, scope, unit, base, head, change, interval, verdict, reason },
    n: samples.base,
  }));
}

const confidence = 1 - ALPHA;

/** Of one side nothing is tested; the interval is to be narrow. */
function measuredAlone({ figure, base, doubts }: Pairs, tail: number, plan: RepeatPlan): RepeatRow {
  const { quantity, scope, unit } = figure;
  const scale = scaleOf(figure)!;
  const n = base.length;
  const middle = mean(base);
  const reach =
    n < FEWEST ? Infinity : studentUpperQuantile(tail, n - 1) * Math.sqrt(squares(base) / (n - 1) / n);
  const known = Number.isFinite(reach);
  return {
    ...{ quantity, scope, unit, n, reason: [...doubts].join("; ") },
    base: average(base, scale),
    ...{ head: undefined, change: undefined },
    interval: known
      ? { low: scale.back(middle - reach), high: scale.back(middle + reach), confidence }
      : undefined,
    verdict: known && scale.change(reach) <= effectFor(unit, plan.effect) ? "known" : "not known",
  };
}

const ORDER: readonly RepeatVerdict[] = [...CHANGES, "not known", "known"];

/**
 * What repetitions say so far, worst first. Every row is looked at after every repetition from the third on, and any look
 * may end it: each look spends an equal part of `ALPHA` (Bonferroni), corrected over its rows (Holm), so that stopping at a
 * lucky moment is no way to a false alarm. Stopping when the interval is narrow enough: Chow & Robbins, On the Asymptotic
 * Theory of Fixed-Width Sequential Confidence Intervals for the Mean, 1965.
 */
export function evaluate(
  plan: RepeatPlan,
  bases: readonly RunFigures[],
  heads: readonly RunFigures[] | undefined,
): RepeatRow[] {
  const rows = collect(bases, heads);
  const alpha = ALPHA / Math.max(1, plan.most - FEWEST + 1);
  const found = heads
    ? compared(rows, alpha, plan)
    : rows.map((row) => measuredAlone(row, alpha / 2 / rows.length, plan));
  return found.toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
}

/** Which side's run comes first in a repetition (from 0): they take turns, so that neither is always the later. */
export const firstSide = (repetition: number): "base" | "head" => (repetition % 2 === 0 ? "base" : "head");
