/**
 * p values corrected for being many, in the same order: Holm, "A Simple Sequentially Rejective Multiple Test Procedure",
 * Scandinavian Journal of Statistics 6 (1979). Rejecting those at or below a keeps the chance of even one false
 * rejection at a, whatever the tests have to do with each other.
 */
export const holm = (values: readonly number[]): number[] => {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const corrected = new Array<number>(values.length);
  let least = 0;
  order.forEach((index, rank) => {
    least = Math.max(least, Math.min(1, (values.length - rank) * values[index]!));
    corrected[index] = least;
  });
  return corrected;
};
