import type { Random } from "./random.ts";

/** Counts are also kept for cells of so many ranks, so that a quantile is found without walking over all of them. */
const CELL_BITS = 6;

/** The 1-based rank of each value; ties in order of appearance. */
const ordinalRanks = (values: ArrayLike<number>, order: Uint32Array): Uint32Array => {
  const ranks = new Uint32Array(values.length);
  order.forEach((index, rank) => (ranks[index] = rank));
  return ranks;
};

/**
 * Quantiles of `resamples` resamples of a series, one array for each quantile asked for. Circular moving block
 * bootstrap (Politis & Romano 1992; Künsch, Annals of Statistics 17, 1989): each resample is made of whole blocks of
 * `block` successive values from random places, the series being closed to a ring, so that what correlates within a
 * block stays together. A quantile is x_(ceil(n q)) of a resample, found by counting ranks instead of sorting.
 */
export const resampledQuantiles = (
  values: ArrayLike<number>,
  quantiles: readonly number[],
  { block, resamples, random }: { block: number; resamples: number; random: Random },
): Float64Array[] => {
  const n = values.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) =>
    values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : 0,
  );
  const ranks = ordinalRanks(values, order);
  const wanted = quantiles.map((q) => Math.max(1, Math.ceil(n * q - 1e-9)));
  const found = quantiles.map(() => new Float64Array(resamples));
  const counts = new Uint32Array(n);
  const cells = new Uint32Array((n >> CELL_BITS) + 1);
  for (let resample = 0; resample < resamples; resample++) {
    counts.fill(0);
    cells.fill(0);
    for (let drawn = 0; drawn < n;) {
      let at = Math.floor(random.next() * n);
      const end = Math.min(drawn + block, n);
      for (; drawn < end; drawn++) {
        const rank = ranks[at]!;
        counts[rank]!++;
        cells[rank >> CELL_BITS]!++;
        if (++at === n) at = 0;
      }
    }
    wanted.forEach((target, which) => {
      let below = 0;
      let cell = 0;
      while (below + cells[cell]! < target) below += cells[cell++]!;
      let rank = cell << CELL_BITS;
      while (below + counts[rank]! < target) below += counts[rank++]!;
      found[which]![resample] = values[order[rank]!]!;
    });
  }
  return found;
};
