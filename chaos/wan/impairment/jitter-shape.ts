import type { LinkParams } from "../../../harness/config/model.ts";
import { median, normalQuantile, robustSd } from "../../probe/statistics.ts";

export type JitterShape = NonNullable<LinkParams["jitterShape"]>;

/** In the order of their numbers in shared memory and in netem's `limit`. */
export const JITTER_SHAPES: readonly JitterShape[] = ["normal", "pareto", "uniform"];

/** Half width of a uniform distribution of sd 1. */
export const UNIFORM_HALF_WIDTH = Math.sqrt(3);

/**
 * Pareto with exponent 3 from 1 on (as iproute2's pareto.dist), cut where it lies 4 sd above its mean: netem's tables
 * reach no further. With the cut at c its mean is 3/2 - 1/(2c^2) and its mean square 3 - 2/c; c solves c = mean + 4 sd.
 */
const PARETO_CUT = 3.726_974_012_8;
const PARETO_MEAN = 1.5 - 0.5 / PARETO_CUT ** 2;
const PARETO_SD = Math.sqrt(3 - 2 / PARETO_CUT - PARETO_MEAN ** 2);

/** Deviate of mean 0 and sd 1 that a share `u` (0..1) of the packets stays below. */
export const paretoQuantile = (u: number): number =>
  (Math.min(PARETO_CUT, Math.cbrt(1 / (1 - u))) - PARETO_MEAN) / PARETO_SD;

export const uniformQuantile = (u: number): number => (2 * u - 1) * UNIFORM_HALF_WIDTH;

const quantiles: Record<JitterShape, (u: number) => number> = {
  normal: normalQuantile,
  pareto: paretoQuantile,
  uniform: uniformQuantile,
};

/** `count` deviates of equal probability, ascending, with mean 0 and sd 1. */
export function standardDeviates(shape: JitterShape, count: number): number[] {
  const raw = Array.from({ length: count }, (_, i) => quantiles[shape]((i + 0.5) / count));
  const mean = average(raw);
  const sd = Math.sqrt(average(raw.map((value) => (value - mean) ** 2)));
  return raw.map((value) => (value - mean) / sd);
}

/** Delay that directions add together, ms. A pareto delay's median lies 0.36 sd below its mean. */
export interface DelaySpread {
  medianMs: number;
  meanMs: number;
  sdMs: number;
  /** 1.4826 x the median absolute deviation. */
  robustSdMs: number;
}

const GRID = 400;

/** The delay of one direction, or of both together: independent draws, each cut at 0. */
export function delaySpread(there: LinkParams, back: LinkParams = {}): DelaySpread {
  const [one, other] = [delays(there), delays(back)];
  const sums = one.flatMap((value) => other.map((second) => value + second));
  const meanMs = average(sums);
  return {
    medianMs: median(sums),
    meanMs,
    sdMs: Math.sqrt(average(sums.map((value) => (value - meanMs) ** 2))),
    robustSdMs: robustSd(sums),
  };
}

function delays({ delayMs = 0, jitterMs = 0, jitterShape = "normal" }: LinkParams): number[] {
  if (jitterMs === 0) return [delayMs];
  return standardDeviates(jitterShape, GRID).map((deviate) => Math.max(0, delayMs + jitterMs * deviate));
}

/** Robust sd (1.4826 x MAD) over sd where nothing is cut at 0: of one direction, and of the sum of two alike. */
export function robustSdRatio(shape: JitterShape): { oneWay: number; roundTrip: number } {
  const link: LinkParams = { delayMs: 1000, jitterMs: 1, jitterShape: shape };
  return {
    oneWay: delaySpread(link).robustSdMs,
    roundTrip: delaySpread(link, link).robustSdMs / Math.SQRT2,
  };
}

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
