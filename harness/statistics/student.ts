import { betaCdf, betaQuantile } from "./beta.ts";

/**
 * The t that Student's distribution with `freedom` degrees of freedom exceeds with probability `tail` (below 1/2): for
 * x ~ Beta(freedom/2, 1/2), freedom (1 - x) / x is t squared. Abramowitz & Stegun, Handbook of Mathematical Functions
 * (1964), 26.5.27.
 */
export const studentUpperQuantile = (tail: number, freedom: number): number => {
  const x = betaQuantile(2 * tail, freedom / 2, 0.5);
  return x === 0 ? Infinity : Math.sqrt((freedom * (1 - x)) / x);
};

/** The probability of a t at least as far from 0, in either direction; the same formula. */
export const studentTwoSided = (t: number, freedom: number): number =>
  betaCdf(freedom / (freedom + t * t), freedom / 2, 0.5);
