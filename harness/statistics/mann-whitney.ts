import { twoSided } from "./normal.ts";

export interface MannWhitney {
  /** Pairs in which the second sample is the larger one; a tie counts half. */
  u: number;
  /** U / (n m): how probable it is that one of the second sample exceeds one of the first; 0.5 without a shift. */
  superiority: number;
  z: number;
  /** Two-sided, normal approximation without a correction for continuity. */
  p: number;
}

/** Mid-ranks (1-based) of `values`, and Σ (t³ - t) over its groups of t ties. */
export const midRanks = (values: ArrayLike<number>): { ranks: Float64Array; ties: number } => {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) =>
    values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : 0,
  );
  const ranks = new Float64Array(values.length);
  let ties = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    const value = values[order[start]!]!;
    while (end < order.length && Object.is(values[order[end]!], value)) end++;
    const count = end - start;
    ties += count ** 3 - count;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2;
  }
  return { ranks, ties };
};

/**
 * Whether the second sample is shifted against the first: Mann & Whitney, Annals of Mathematical Statistics 18 (1947);
 * variance with the correction for ties of Hollander, Wolfe & Chicken, Nonparametric Statistical Methods (3rd ed.,
 * 2014), 4.1. Infinite values are ties of each other. `ranks` are the mid-ranks of both samples together, the first
 * `n` those of the first one. `inflation` is that of each sample's ranks by serial correlation, which the test does not
 * know of: it widens the variance by their mean, each in the measure in which its sample brings it about (Var U is
 * proportional to 1/n + 1/m; cf. Yue & Wang, Water Resources Research 38, 2002, on the effect).
 */
export const mannWhitney = (
  { ranks, ties }: { ranks: Float64Array; ties: number },
  n: number,
  inflation: readonly [number, number] = [1, 1],
): MannWhitney => {
  const m = ranks.length - n;
  const total = n + m;
  let rankSum = 0;
  for (let i = n; i < total; i++) rankSum += ranks[i]!;
  const u = rankSum - (m * (m + 1)) / 2;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  const widened = (inflation[0] / n + inflation[1] / m) / (1 / n + 1 / m);
  const z = variance > 0 ? (u - (n * m) / 2) / Math.sqrt(variance * widened) : 0;
  return { u, superiority: u / (n * m), z, p: twoSided(z) };
};
