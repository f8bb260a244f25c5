import { binomialCdf } from "../statistics/beta.ts";
import type { Ordered } from "./ordered.ts";

/** Confidence of every two-sided interval that a verdict rests on. */
export const CONFIDENCE = 0.95;

/** Numeric sort; `Infinity` (a request that never completed) goes to the end. */
export const sorted = (values: Iterable<number>): Float64Array => Float64Array.from(values).sort();

/**
 * Point estimate: the inverse of the empirical distribution, x_(ceil(n q)) (definition 1 of Hyndman & Fan, "Sample
 * Quantiles in Statistical Packages", The American Statistician 50, 1996). It is always a value that was measured,
 * and needs no arithmetic on infinite ones. NaN without samples.
 */
export const quantile = (ascending: Ordered, q: number): number => {
  const n = ascending.length;
  // The tolerance keeps 0.95 x 100 = 95.00000000000001 from becoming rank 96.
  return n === 0 ? NaN : ascending.at(Math.max(0, Math.ceil(n * q - 1e-9) - 1))!;
};

/** Ranks (1-based) whose order statistics enclose the quantile; undefined where that side has none. */
export interface QuantileRanks {
  low: number | undefined;
  high: number | undefined;
}

/** The least k in [0, n] for which `holds`; n + 1 if none. `holds` goes from false to true once. */
const least = (n: number, holds: (k: number) => boolean): number => {
  let from = 0;
  let to = n + 1;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
};

/**
 * Distribution-free interval of the q-quantile with equal tails: the number of samples below the quantile is
 * B ~ Binomial(n, q), so x_(l) with P(B <= l - 1) <= a/2 and x_(u) with P(B <= u - 1) >= 1 - a/2 enclose it with at
 * least the confidence 1 - a. David & Nagaraja, Order Statistics (3rd ed., 2003), 7.1; Hahn & Meeker, Statistical
 * Intervals (1991), 5.2. No assumption on the shape of the distribution; samples have to be independent, which
 * requests under queueing are not quite, so that the true confidence is somewhat below.
 */
export const quantileRanks = (n: number, q: number, confidence = CONFIDENCE): QuantileRanks => {
  const tail = (1 - confidence) / 2;
  const low = least(n, (k) => binomialCdf(k, n, q) > tail);
  const high = least(n, (k) => binomialCdf(k, n, q) >= 1 - tail) + 1;
  return { low: low >= 1 ? low : undefined, high: high <= n ? high : undefined };
};

/**
 * Fewest samples for which both ends of the interval exist: q^n <= a/2 and (1 - q)^n <= a/2. At 95 %: p50 6, p95 72,
 * p99 368.
 */
export const minimumSamples = (q: number, confidence = CONFIDENCE): number =>
  Math.ceil(Math.log((1 - confidence) / 2) / Math.log(Math.max(q, 1 - q)));

export interface QuantileEstimate {
  value: number;
  /** -Infinity and Infinity where there are too few samples for that side. */
  low: number;
  high: number;
  n: number;
}

/** Point estimate and interval of a quantile. */
export const estimateQuantile = (
  ascending: Ordered,
  q: number,
  confidence = CONFIDENCE,
): QuantileEstimate => {
  const ranks = quantileRanks(ascending.length, q, confidence);
  return {
    value: quantile(ascending, q),
    low: ranks.low === undefined ? -Infinity : ascending.at(ranks.low - 1)!,
    high: ranks.high === undefined ? Infinity : ascending.at(ranks.high - 1)!,
    n: ascending.length,
  };
};
