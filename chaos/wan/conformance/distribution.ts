import { medianInterval } from "../../probe/statistics.ts";

/** Value below which the share `p` of `sorted` lies, by linear interpolation. */
function quantile(sorted: readonly number[], p: number): number {
  const at = p * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

export interface Distribution {
  median: number;
  /** Half of the median's distribution-free interval: it is off by more than that once in ten thousand times. */
  uncertainty: number;
  /** p90 - p10: unlike the sd it is not moved by the few packets that a busy host delivers late. */
  spread: number;
  /** Kelley's: 0 for a symmetric one, towards 1 for a long tail to the right. */
  skew: number;
  /** (p95 - p5) / (p75 - p25): 1.8 for a uniform, 2.44 for a normal distribution, more for heavier tails. */
  tail: number;
}

export function distribution(values: readonly number[]): Distribution {
  const sorted = [...values].sort((a, b) => a - b);
  const q = (p: number): number => quantile(sorted, p);
  const { low, high } = medianInterval(values, 1e-4);
  return {
    median: q(0.5),
    uncertainty: (high - low) / 2,
    spread: q(0.9) - q(0.1),
    skew: (q(0.9) + q(0.1) - 2 * q(0.5)) / (q(0.9) - q(0.1)),
    tail: (q(0.95) - q(0.05)) / (q(0.75) - q(0.25)),
  };
}
