import { betaQuantile } from "../statistics/beta.ts";
import { CONFIDENCE } from "./quantile.ts";

/**
 * Exact two-sided interval of a proportion: Clopper & Pearson, "The use of confidence or fiducial limits illustrated
 * in the case of the binomial", Biometrika 26 (1934), by quantiles of the beta distribution. [0, 1] without trials.
 */
export const proportionInterval = (
  successes: number,
  trials: number,
  confidence = CONFIDENCE,
): { low: number; high: number } => {
  const tail = (1 - confidence) / 2;
  return {
    low: successes === 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1),
    high: successes === trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes),
  };
};

/**
 * Fewest trials without a single failure for which the interval lies below `limit`: (1 - limit)^n <= a/2. At 95 %:
 * 72 for 5 %, 368 for 1 %, 3688 for 0.1 %.
 */
export const minimumTrials = (limit: number, confidence = CONFIDENCE): number =>
  Math.ceil(Math.log((1 - confidence) / 2) / Math.log1p(-limit));
