import { type Finding, SHARE_EFFECT } from "../compare/comparison.ts";
import type { Unit } from "../judge/format.ts";
import { CONFIDENCE } from "../judge/quantile.ts";
import { studentTwoSided, studentUpperQuantile } from "../statistics/student.ts";
import type { Figure, RunFigures } from "../trend/model.ts";

/** Of p99 a run of few requests says nothing that could be repeated. */
const FEWEST_FOR_P99 = 368;

/** The same for the same quantity of every run. */
export const keyOf = ({ quantity, scope, unit }: Figure): string => JSON.stringify([quantity, scope, unit]);

/** What figures of several runs are averaged and compared in. */
export interface Scale {
  to(value: number): number;
  back(value: number): number;
  /** A difference on this scale as a change: relative, of shares in shares. */
  change(difference: number): number;
}

const TIMES: Scale = { to: Math.log, back: Math.exp, change: Math.expm1 };
const same = (value: number): number => value;
const SHARES: Scale = { to: same, back: same, change: same };

/** Times are compared by their ratio, and so in logarithms; shares by their difference; all else not at all. */
export function scaleOf({ unit, quantity, n }: Figure): Scale | undefined {
  if (quantity === "p99" && n < FEWEST_FOR_P99) return undefined;
  if (unit === "ms") return TIMES;
  return unit === "share" ? SHARES : undefined;
}

/** The smallest change that matters: relative for times, in shares for shares. */
export const effectFor = (unit: Unit, effect: number): number => (unit === "ms" ? effect : SHARE_EFFECT);

/** Why a run's figure does not count; empty if it does. */
export const doubtsOf = (run: RunFigures, figure: Figure): string[] => [
  ...run.broken
    .filter(({ phase }) => phase === undefined || phase === figure.scope.phase)
    .map(({ reason }) => reason),
  ...figure.doubts,
];

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean of values on a scale, as a value again; undefined of none. */
export const average = (values: readonly number[], scale: Scale): number | undefined =>
  values.length === 0 ? undefined : scale.back(mean(values));

/** Sum of the squared distances from the mean. */
export const squares = (values: readonly number[]): number => {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
};

/** A difference that scatters with this standard error, by Student's distribution. */
export function tested(
  difference: number,
  { error, freedom, scale }: { error: number; freedom: number; scale: Scale },
): Pick<Finding, "change" | "interval" | "p"> {
  const reach = error === 0 ? 0 : studentUpperQuantile((1 - CONFIDENCE) / 2, freedom) * error;
  return {
    change: scale.change(difference),
    interval: {
      low: scale.change(difference - reach),
      high: scale.change(difference + reach),
      confidence: CONFIDENCE,
    },
    // What never changes is no test, and takes no part in the correction for many (Tarone 1990).
    p: error === 0 && difference === 0 ? 1 : studentTwoSided(difference / error, freedom),
  };
}
