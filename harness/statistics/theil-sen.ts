import { kendallUpperTail } from "./mann-kendall.ts";

export interface Slope {
  /** Median of the slopes of all pairs, in units of y for one of x. */
  slope: number;
  /** Ends of its interval; infinite where there are too few values: 95 % need five. */
  low: number;
  high: number;
}

/** Of two infinite values the slope is anything: `unknown` takes its place. */
const slopesOf = (x: readonly number[], y: readonly number[], unknown: number): Float64Array => {
  const slopes: number[] = [];
  for (let later = 1; later < x.length; later++)
    for (let before = 0; before < later; before++) {
      const slope = (y[later]! - y[before]!) / (x[later]! - x[before]!);
      slopes.push(Number.isNaN(slope) ? unknown : slope);
    }
  return Float64Array.from(slopes).sort();
};

/** Least S whose upper tail is at most `tail`; undefined where even the largest is likelier. */
const criticalScore = (n: number, tail: number): number | undefined => {
  const most = (n * (n - 1)) / 2;
  if (kendallUpperTail(n, most) > tail) return undefined;
  let s = most;
  while (s - 2 > 0 && kendallUpperTail(n, s - 2) <= tail) s -= 2;
  return s;
};

/**
 * Slope of a line through points of which up to 29 % may lie anywhere: Theil (1950); Sen, "Estimates of the Regression
 * Coefficient Based on Kendall's Tau", Journal of the American Statistical Association 63 (1968), and his interval in
 * the exact form of Hollander, Wolfe & Chicken, Nonparametric Statistical Methods (3rd ed., 2014), 9.3. With ties the
 * interval is the one without, which is wider. `x` ascends.
 */
export function theilSen(x: readonly number[], y: readonly number[], confidence: number): Slope {
  const middle = slopesOf(x, y, 0);
  const count = middle.length;
  const half = Math.floor(count / 2);
  // The mean of an infinite rise and an infinite fall is anything too.
  const mean = (middle[half]! + middle[Math.max(0, half - 1)]!) / 2;
  const slope = count % 2 === 1 ? middle[half]! : Number.isNaN(mean) ? 0 : mean;
  const critical = criticalScore(x.length, (1 - confidence) / 2);
  if (critical === undefined) return { slope, low: -Infinity, high: Infinity };
  const rank = (count - critical + 2) / 2;
  return {
    slope,
    low: slopesOf(x, y, -Infinity)[rank - 1]!,
    high: slopesOf(x, y, Infinity)[count - rank]!,
  };
}
