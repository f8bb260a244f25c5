const density = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/** Up to here the series is short; beyond, the continued fraction is. */
const SPLIT = 3;

/**
 * P(Z > z) of the standard normal distribution: by the series 26.2.11 for small |z|, by the continued fraction 26.2.14
 * for large ones. Abramowitz & Stegun, Handbook of Mathematical Functions (1964). Relative error below 1e-12.
 */
export const normalUpperTail = (z: number): number => {
  if (z < 0) return 1 - normalUpperTail(-z);
  if (z === Infinity) return 0;
  if (z < SPLIT) {
    let term = z;
    let sum = z;
    for (let n = 3; term > sum * 1e-17; n += 2) {
      term *= (z * z) / n;
      sum += term;
    }
    return 0.5 - density(z) * sum;
  }
  let below = z;
  for (let k = 100; k >= 1; k--) below = z + k / below;
  return density(z) / below;
};

/** Two-sided p value of a standard normal z. */
export const twoSided = (z: number): number => Math.min(1, 2 * normalUpperTail(Math.abs(z)));
