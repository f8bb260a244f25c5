import { estimateQuantile, sorted } from "../judge/quantile.ts";
import { Random } from "../statistics/random.ts";
import type { Estimate } from "./model.ts";

const RESAMPLES = 2000;

const ends = (low: number, high: number): Pick<Estimate, "low" | "high"> => ({
  ...(Number.isFinite(low) ? { low } : {}),
  ...(Number.isFinite(high) ? { high } : {}),
});

/** A quantile with its order-statistic interval (harness/judge/quantile.ts); undefined without values. */
export function quantileEstimate(values: readonly number[], q: number): Estimate | undefined {
  if (values.length === 0) return undefined;
  const { value, low, high, n } = estimateQuantile(sorted(values), q);
  return { value, n, ...ends(low, high) };
}

export const medianEstimate = (values: readonly number[]): Estimate | undefined =>
  quantileEstimate(values, 0.5);

/**
 * Ratio of two figures that were measured apart. It lies between the extremes of the two intervals whenever both hold,
 * that is with at least 90 % (Bonferroni), whatever their dependence.
 */
export function ratioEstimate(over: Estimate | undefined, under: Estimate | undefined): Estimate | undefined {
  if (!over || !under || under.value <= 0) return undefined;
  const low = over.low === undefined || under.high === undefined ? NaN : over.low / under.high;
  const high = over.high === undefined || !under.low ? NaN : over.high / under.low;
  return { value: over.value / under.value, n: Math.min(over.n, under.n), ...ends(low, high) };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/**
 * Ratio of the means of two stretches of one run. Percentile bootstrap, each stretch drawn by itself (Efron & Tibshirani,
 * An Introduction to the Bootstrap, 1993, 13.3). The few values of a short stretch make it somewhat too narrow.
 */
export function meanRatioEstimate(
  over: readonly number[],
  under: readonly number[],
  seed = 1,
): Estimate | undefined {
  if (over.length === 0 || under.length === 0 || mean(under) <= 0) return undefined;
  const random = new Random(seed);
  const drawn = (from: readonly number[]): number =>
    mean(from.map(() => from[Math.floor(random.next() * from.length)]!));
  const ratios = sorted(Array.from({ length: RESAMPLES }, () => drawn(over) / drawn(under)));
  const at = (q: number): number => ratios[Math.min(RESAMPLES - 1, Math.floor(q * RESAMPLES))]!;
  const n = over.length + under.length;
  return { value: mean(over) / mean(under), n, ...ends(at(0.025), at(0.975)) };
}

/** Half of the interval's width as a share of the figure; Infinity without an interval. */
export const spread = ({ value, low, high }: Estimate): number =>
  low === undefined || high === undefined || value === 0 ? Infinity : (high - low) / 2 / Math.abs(value);
