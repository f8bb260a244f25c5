import { twoSided } from "./normal.ts";

/** `hits` of `n`; `inflation` by serial correlation, as of `serialInflation`. */
export interface Share {
  hits: number;
  n: number;
  inflation: number;
}

/** The quantile of the standard normal distribution that 95 % lie within. */
const Z95 = 1.959963984540054;

/** Score interval of a share at 95 %: Wilson, Journal of the American Statistical Association 22 (1927). */
const wilson = (share: number, n: number): { low: number; high: number } => {
  const z2 = Z95 * Z95;
  const centre = share + z2 / (2 * n);
  const half = Z95 * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return { low: (centre - half) / (1 + z2 / n), high: (centre + half) / (1 + z2 / n) };
};

/**
 * 95 % interval of the difference second - first of two shares: Newcombe, Statistics in Medicine 17 (1998) 873-890,
 * method 10. With serial correlation n is the effective number of samples, n / inflation (Kish, Survey Sampling, 1965).
 */
export const shareDifference = (first: Share, second: Share): { low: number; high: number } => {
  const [p1, p2] = [first.hits / first.n, second.hits / second.n];
  const one = wilson(p1, first.n / first.inflation);
  const two = wilson(p2, second.n / second.inflation);
  return {
    low: p2 - p1 - Math.hypot(p2 - two.low, one.high - p1),
    high: p2 - p1 + Math.hypot(two.high - p2, p1 - one.low),
  };
};

/**
 * Two-sided p value of two shares being the same: z test with the pooled share, each sample's variance widened by its
 * serial correlation. Of the shares that exceed the pooled q-quantile it is the quantile test, of which Mood's median
 * test is the case q = 0.5 (Conover, Practical Nonparametric Statistics (3rd ed., 1999), 4.3).
 */
export const sameShares = (first: Share, second: Share): number => {
  const pooled = (first.hits + second.hits) / (first.n + second.n);
  const variance = pooled * (1 - pooled) * (first.inflation / first.n + second.inflation / second.n);
  if (!(variance > 0)) return 1;
  return twoSided((second.hits / second.n - first.hits / first.n) / Math.sqrt(variance));
};
