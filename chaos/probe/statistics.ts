import type { Interval } from "../../harness/record/model.ts";
import { betaQuantile } from "../../harness/statistics/beta.ts";

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Standard deviation from the median absolute deviation, as if normal: 1.4826 = 1/Phi^-1(3/4). */
export function robustSd(values: readonly number[]): number {
  const centre = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - centre)));
}

/** Standard error of `robustSd` for normal values, as a share of the sd: its efficiency is 36.74 % (Hampel 1974). */
export const robustSdError = (count: number): number => Math.sqrt(1 / (2 * 0.3674 * count));

/** Level of each of `checks` tests such that one or more raises a false alarm with probability `family` (Sidak 1967). */
export const sidak = (family: number, checks: number): number => -Math.expm1(Math.log1p(-family) / checks);

/**
 * Distribution-free interval of the median from order statistics, with the normal approximation of Binomial(n, 1/2)
 * for the ranks (Conover, Practical Nonparametric Statistics, 3.2). The whole range when there are too few values.
 */
export function medianInterval(values: readonly number[], alpha: number): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const reach = (normalQuantile(1 - alpha / 2) * Math.sqrt(sorted.length)) / 2;
  const low = Math.max(0, Math.floor(sorted.length / 2 - reach) - 1);
  const high = Math.min(sorted.length - 1, Math.ceil(sorted.length / 2 + reach));
  return { low: sorted[low] ?? Number.NaN, high: sorted[high] ?? Number.NaN, confidence: 1 - alpha };
}

/**
 * Clopper and Pearson's exact interval for a share (Biometrika 26 (1934) 404-413), by the quantiles of the beta
 * distribution. Counts need not be whole, for effective sample sizes.
 */
export function clopperPearson(successes: number, trials: number, alpha: number): Interval {
  const failures = trials - successes;
  return {
    low: successes <= 0 ? 0 : betaQuantile(alpha / 2, successes, failures + 1),
    high: failures <= 0 ? 1 : betaQuantile(1 - alpha / 2, successes + 1, failures),
    confidence: 1 - alpha,
  };
}

/** Quantile of the standard normal: bisection over the distribution, through the incomplete gamma function's series. */
export function normalQuantile(probability: number): number {
  if (probability < 0.5) return -normalQuantile(1 - probability);
  let low = 0;
  let high = 10;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > 1 - probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * P(Z > z) for z >= 0. Up to 3 by the series 1/2 - phi(z) (z + z^3/3 + z^5/15 + ...), beyond by Laplace's continued
 * fraction (Abramowitz and Stegun 26.2.11 and 26.2.14).
 */
function normalTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z > 3) {
    let fraction = z;
    for (let n = 200; n > 0; n--) fraction = z + n / fraction;
    return density / fraction;
  }
  let term = z;
  let sum = z;
  for (let n = 3; term > 1e-17; n += 2) {
    term *= (z * z) / n;
    sum += term;
  }
  return 0.5 - density * sum;
}
