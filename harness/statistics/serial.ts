/** Autocovariances of a series at the lags 0 to `lags`, divided by n as usual, so that they are those of a process. */
export const autocovariances = (series: ArrayLike<number>, lags: number): Float64Array => {
  const n = series.length;
  let total = 0;
  for (let i = 0; i < n; i++) total += series[i]!;
  const mean = total / n;
  const centred = Float64Array.from(series, (value) => value - mean);
  return Float64Array.from({ length: Math.min(lags, n - 1) + 1 }, (_, lag) => {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += centred[i]! * centred[i - lag]!;
    return sum / n;
  });
};

/** Lags beyond which nothing is said about a long series: it keeps a million samples affordable. */
const MOST_LAGS = 1000;

/**
 * Length of the blocks of a moving block bootstrap for this series, from the series itself: Politis & White, "Automatic
 * Block-Length Selection for the Dependent Bootstrap", Econometric Reviews 23 (2004), with the correction of Patton,
 * Politis & White, Econometric Reviews 28 (2009). The first lag m after which K_n = max(5, √log10 n) autocorrelations
 * in a row are below 2 √(log10 n / n) gives the bandwidth M = 2m of a flat-top window, and b = (2 G² / D)^⅓ n^⅓ with
 * D = (4/3) g(0)² for the moving-block (circular) bootstrap. 1 for independent samples; at most min(3 √n, n / 3).
 */
export const blockLength = (series: ArrayLike<number>): number => {
  const n = series.length;
  if (n < 10) return 1;
  const run = Math.max(5, Math.ceil(Math.sqrt(Math.log10(n))));
  const most = Math.min(Math.ceil(Math.sqrt(n)) + run, MOST_LAGS);
  const covariance = autocovariances(series, Math.min(2 * most, n - 1));
  const variance = covariance[0]!;
  if (!(variance > 0)) return 1;
  const limit = 2 * Math.sqrt(Math.log10(n) / n);
  const small = (lag: number): boolean => Math.abs((covariance[lag] ?? 0) / variance) < limit;
  let m = 0;
  while (m < most && !Array.from({ length: run }, (_, k) => m + 1 + k).every(small)) m++;
  const bandwidth = Math.min(2 * Math.max(m, 1), covariance.length - 1);
  let g = variance;
  let slope = 0;
  for (let lag = 1; lag <= bandwidth; lag++) {
    const share = lag / bandwidth;
    const weight = share <= 0.5 ? 1 : 2 * (1 - share);
    g += 2 * weight * covariance[lag]!;
    slope += 2 * weight * lag * covariance[lag]!;
  }
  const bound = Math.ceil(Math.min(3 * Math.sqrt(n), n / 3));
  if (!(g > 0)) return bound;
  const length = ((2 * slope * slope) / ((4 / 3) * g * g)) ** (1 / 3) * n ** (1 / 3);
  return Math.max(1, Math.min(Math.ceil(length), bound));
};

/**
 * By how much serial correlation widens the variance of this series' mean, at least 1: 1 + 2 Σ (1 - k/b) ρ_k over the
 * lags below b. Bartlett's window, Newey & West, Econometrica 55 (1987); with b a block's length it is the variance that
 * a moving block bootstrap gives (Künsch, Annals of Statistics 17, 1989). n divided by it is the number of independent
 * samples that would say as much.
 */
export const serialInflation = (series: ArrayLike<number>, block: number): number => {
  const covariance = autocovariances(series, block - 1);
  const variance = covariance[0]!;
  if (!(variance > 0)) return 1;
  const sum = covariance.reduce(
    (total, value, lag) => (lag === 0 ? 0 : total + (1 - lag / block) * (value / variance)),
    0,
  );
  return Math.max(1, 1 + 2 * sum);
};
