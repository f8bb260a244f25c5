import { twoSided } from "./normal.ts";

/** Up to so many values the distribution of S is counted out; beyond, its normal approximation has no error that matters. */
const EXACT_UP_TO = 60;

export interface MannKendall {
  /** Pairs that rise less pairs that fall; positive for a rising series. */
  s: number;
  /** Two-sided, of no trend. */
  p: number;
}

const convolved = (one: Float64Array, other: Float64Array): Float64Array => {
  const product = new Float64Array(one.length + other.length - 1);
  one.forEach((chance, at) => other.forEach((also, more) => (product[at + more]! += chance * also)));
  return product;
};

/** How probable it is that so many pairs of `ties` equal values and `n - ties` smaller ones are the wrong way round. */
function gaussian(n: number, ties: number): Float64Array {
  if (ties === 1) return new Float64Array(n).fill(1 / n);
  // Pascal's rule of Gaussian binomials: [n, k] = [n - 1, k - 1] + q^k [n - 1, k].
  let row: Float64Array[] = [Float64Array.of(1)];
  for (let size = 1; size <= n; size++) {
    row = Array.from({ length: Math.min(size, ties) + 1 }, (_, k) => {
      const chances = new Float64Array(k * (size - k) + 1);
      if (k > 0) row[k - 1]!.forEach((chance, at) => (chances[at]! += (chance * k) / size));
      if (k < size) row[k]!.forEach((chance, at) => (chances[at + k]! += (chance * (size - k)) / size));
      return chances;
    });
  }
  return row[ties]!;
}

const distributions = new Map<string, Float64Array>();

/**
 * Probability of each number of inversions of values in random order, of which `groups` says how many are equal: the
 * q-multinomial coefficient (MacMahon; Andrews, The Theory of Partitions, 1976, theorem 3.6), which without ties is
 * Kendall's recursion (1975, 5.2).
 */
function inversions(groups: readonly number[]): Float64Array {
  const key = groups.join();
  const known = distributions.get(key);
  if (known) return known;
  let chances: Float64Array = Float64Array.of(1);
  let n = 0;
  for (const ties of groups) chances = convolved(chances, gaussian((n += ties), ties));
  distributions.set(key, chances);
  return chances;
}

/** P(S >= s) without a trend, for s of the parity that S has. */
function upperTail(groups: readonly number[], s: number): number {
  const chances = inversions(groups);
  // S is all pairs that are not ties, less two for each inversion.
  const most = (chances.length - 1 - s) / 2;
  let sum = 0;
  for (let count = 0; count <= most; count++) sum += chances[count]!;
  return sum;
}

/** P(S >= s) of `n` different values without a trend. */
export const kendallUpperTail = (n: number, s: number): number =>
  n > EXACT_UP_TO
    ? twoSided((s - 1) / Math.sqrt(varianceOf(n))) / 2
    : upperTail(new Array<number>(n).fill(1), s);

function varianceOf(n: number): number {
  return (n * (n - 1) * (2 * n + 5)) / 18;
}

/** Pairs that rise less pairs that fall; infinite values are ties of each other. */
function score(values: readonly number[]): number {
  let s = 0;
  for (let later = 1; later < values.length; later++)
    for (let before = 0; before < later; before++)
      s += Number(values[later]! > values[before]!) - Number(values[later]! < values[before]!);
  return s;
}

/**
 * Whether a series rises or falls, whatever its distribution: Mann, "Nonparametric Tests Against Trend", Econometrica 13
 * (1945); Kendall, Rank Correlation Methods (4th ed., 1975). Exact, with ties too; of long series the normal
 * approximation with the variance for ties and a correction for continuity. The values have to be independent.
 */
export function mannKendall(values: readonly number[]): MannKendall {
  const n = values.length;
  const s = score(values);
  if (s === 0) return { s, p: 1 };
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const groups = [...counts.values()].toSorted((a, b) => a - b);
  if (n <= EXACT_UP_TO) return { s, p: Math.min(1, 2 * upperTail(groups, Math.abs(s))) };
  const tied = groups.reduce((sum, t) => sum + (t * (t - 1) * (2 * t + 5)) / 18, 0);
  return { s, p: twoSided((Math.abs(s) - 1) / Math.sqrt(varianceOf(n) - tied)) };
}
