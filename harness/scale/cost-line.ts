import { type Slope, theilSen } from "../statistics/theil-sen.ts";

/** A straight line through what was measured at several sizes: `intercept + slope * nodes`. */
export interface CostLine {
  /** Of one more node, with its interval. */
  slope: Slope;
  intercept: number;
  /** The line at the lower end of the slope's interval, and at the upper: each with the intercept that fits it. */
  flattest: { slope: number; intercept: number };
  steepest: { slope: number; intercept: number };
  /** Log-log slope of what was added since the first size: 1 is in proportion. Undefined with too few points that grew. */
  exponent: Slope | undefined;
  points: number;
}

const median = (values: readonly number[]): number => {
  const ascending = [...values].sort((a, b) => a - b);
  const half = ascending.length >> 1;
  return ascending.length % 2 === 1 ? ascending[half]! : (ascending[half - 1]! + ascending[half]!) / 2;
};

/** Hodges and Lehmann's way: the intercept is the median of what the slope leaves. */
const interceptOf = (x: readonly number[], y: readonly number[], slope: number): number =>
  median(y.map((value, index) => value - slope * x[index]!));

const LEAST_POINTS = 3;

/** Slope of log(y - y0) over log(x - x0), from the first point (x0, y0) on: what was there before does not count. */
function exponentOf(x: readonly number[], y: readonly number[], confidence: number): Slope | undefined {
  const above = x.flatMap((at, index) => {
    const [further, more] = [at - x[0]!, y[index]! - y[0]!];
    return further > 0 && more > 0 ? [{ further: Math.log(further), more: Math.log(more) }] : [];
  });
  if (above.length < LEAST_POINTS) return undefined;
  return theilSen(
    above.map(({ further }) => further),
    above.map(({ more }) => more),
    confidence,
  );
}

/**
 * Theil and Sen's line, so that one size at which somebody else used the host moves it little. Its interval is
 * distribution-free and needs five sizes at 95 %. `x` ascends, each value once. Undefined with fewer than two points.
 */
export function costLine(
  x: readonly number[],
  y: readonly number[],
  confidence = 0.95,
): CostLine | undefined {
  if (x.length < 2) return undefined;
  const slope = theilSen(x, y, confidence);
  const intercept = interceptOf(x, y, slope.slope);
  const bound = (value: number): { slope: number; intercept: number } => ({
    slope: value,
    intercept: Number.isFinite(value) ? interceptOf(x, y, value) : NaN,
  });
  return {
    slope,
    intercept,
    flattest: bound(slope.low),
    steepest: bound(slope.high),
    exponent: exponentOf(x, y, confidence),
    points: x.length,
  };
}

export interface Capacity {
  cores: number;
  /** Nodes at which the line reaches so many cores, with its interval; infinite where it never does. */
  nodes: number;
  low: number;
  high: number;
  /** How far beyond the largest size that was measured: 3 is three times as large. At most 1: it was measured. */
  beyond: number;
}

const reached = (line: { slope: number; intercept: number }, amount: number): number =>
  line.slope > 0 ? Math.max(0, (amount - line.intercept) / line.slope) : Infinity;

/** Sizes at which the line needs all of so many cores: the processes cannot go on beyond, and slow down before. */
export function capacities(line: CostLine, largest: number, cores: readonly number[]): Capacity[] {
  return cores.map((amount) => {
    const nodes = reached({ slope: line.slope.slope, intercept: line.intercept }, amount);
    const low = Number.isFinite(line.steepest.slope) ? reached(line.steepest, amount) : 0;
    const high = Number.isFinite(line.flattest.slope) ? reached(line.flattest, amount) : Infinity;
    return {
      ...{ cores: amount, nodes, low: Math.min(low, nodes), high: Math.max(high, nodes) },
      beyond: nodes / largest,
    };
  });
}
