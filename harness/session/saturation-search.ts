/** A load that was offered for a while. */
export interface LoadStep {
  ratePerSecond: number;
  /** The function kept up with it. */
  sustained: boolean;
}

export interface SaturationSearch {
  /** Of the first load. */
  from: number;
  /** Higher rates are not tried. */
  most: number;
  /** The search ends when the lowest rate that was too much is at most this many times the highest that was not. */
  ratio: number;
}

export interface SaturationBounds {
  /** Highest rate that was sustained below every one that was not; undefined: not even the first was. */
  sustained: number | undefined;
  /** Lowest rate that was too much; undefined where none was. */
  tooMuch: number | undefined;
}

export function boundsOf(steps: readonly LoadStep[]): SaturationBounds {
  const rates = (sustained: boolean): number[] =>
    steps.filter((step) => step.sustained === sustained).map(({ ratePerSecond }) => ratePerSecond);
  const tooMuch = rates(false).length === 0 ? undefined : Math.min(...rates(false));
  const below = rates(true).filter((rate) => rate < (tooMuch ?? Infinity));
  return { sustained: below.length === 0 ? undefined : Math.max(...below), tooMuch };
}

/**
 * Rate of the next load: twice the last until one is too much, then the geometric middle, as both sides of the point are
 * worth the same on a scale of ratios. Undefined when the point is known to the ratio, or lies outside the range.
 */
export function nextRate(
  steps: readonly LoadStep[],
  { from, most, ratio }: SaturationSearch,
): number | undefined {
  if (steps.length === 0) return from;
  const { sustained, tooMuch } = boundsOf(steps);
  if (sustained === undefined) return undefined;
  if (tooMuch === undefined) return sustained >= most ? undefined : Math.min(most, sustained * 2);
  if (tooMuch <= sustained * ratio) return undefined;
  const middle = Math.round(Math.sqrt(sustained * tooMuch));
  return middle > sustained && middle < tooMuch ? middle : undefined;
}
