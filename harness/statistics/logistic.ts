/** Share of successes at x: 1 / (1 + exp(-slope (x - middle))). */
export interface LogisticFit {
  /** Where the share is one half. */
  middle: number;
  /** Per unit of x; below 0 where the share falls. */
  slope: number;
}

export interface BinomialPoint {
  x: number;
  trials: number;
  successes: number;
}

/**
 * Of the squared coefficients, with x from -1 to 1. Without it there is no estimate where the points separate; le Cessie
 * & van Houwelingen, "Ridge estimators in logistic regression", Applied Statistics 41 (1992).
 */
const RIDGE = 0.05;
const MOST_STEPS = 100;

const logistic = (z: number): number => 1 / (1 + Math.exp(-z));

export const logisticShare = ({ middle, slope }: LogisticFit, x: number): number =>
  logistic(slope * (x - middle));

/**
 * Maximum likelihood by Newton's method, which is iteratively reweighted least squares (McCullagh & Nelder, Generalized
 * Linear Models, 2nd ed. 1989, 2.5), steps halved until the penalised likelihood grows. Undefined for a flat share, or
 * fewer than two points.
 */
export function fitLogistic(points: readonly BinomialPoint[]): LogisticFit | undefined {
  const [least, most] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))];
  if (points.length < 2 || most <= least) return undefined;
  const centre = (least + most) / 2;
  const half = (most - least) / 2;
  const scaled = points.map((point) => ({ ...point, u: (point.x - centre) / half }));
  const likelihood = (a: number, b: number): number =>
    scaled.reduce(
      (sum, { u, trials, successes }) => {
        const z = a + b * u;
        return sum + successes * z - trials * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))));
      },
      (-RIDGE / 2) * (a * a + b * b),
    );
  let [a, b] = [0, 0];
  for (let step = 0; step < MOST_STEPS; step++) {
    let [ga, gb, haa, hab, hbb] = [-RIDGE * a, -RIDGE * b, RIDGE, 0, RIDGE];
    for (const { u, trials, successes } of scaled) {
      const share = logistic(a + b * u);
      const weight = trials * share * (1 - share);
      ga += successes - trials * share;
      gb += (successes - trials * share) * u;
      haa += weight;
      hab += weight * u;
      hbb += weight * u * u;
    }
    const determinant = haa * hbb - hab * hab;
    let [da, db] = [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant];
    const before = likelihood(a, b);
    for (let halving = 0; halving < 40 && likelihood(a + da, b + db) < before; halving++)
      [da, db] = [da / 2, db / 2];
    [a, b] = [a + da, b + db];
    if (Math.hypot(da, db) < 1e-10) break;
  }
  if (Math.abs(b) < 1e-6) return undefined;
  return { middle: centre - (half * a) / b, slope: b / half };
}
