import { Random } from "../../statistics/random.ts";

/**
 * Kinds of response times, all around 20 ms. `independent`: lognormal, log standard deviation 0.3. The others correlate
 * from one request to the next (0.5 in logarithms; recorded quickstarts have 0 to 0.4 on a quiet host, 0.2 to 0.5 over a
 * WAN). `bimodal`: 3 of 10 take four times as long. `drift`: 15 % faster at the end than at the beginning, and wandering
 * by 3 % with a phase of its own in each run. `queueing`: correlates with 0.9, as a saturated host does.
 */
export const KINDS = ["independent", "correlated", "bimodal", "drift", "queueing"] as const;
export type Kind = (typeof KINDS)[number];

const CORRELATION = { independent: 0, correlated: 0.5, bimodal: 0.5, drift: 0.5, queueing: 0.9 } as const;

const MEDIAN_MS = 20;
const SIGMA = 0.3;

/** `n` response times in ms, all multiplied by `factor`. */
export function syntheticTimes(kind: Kind, n: number, seed: number, factor = 1): Float64Array {
  const random = new Random(seed);
  const phi = CORRELATION[kind];
  const fresh = Math.sqrt(1 - phi * phi);
  const start = 2 * Math.PI * random.next();
  let x = random.normal();
  return Float64Array.from({ length: n }, (_, i) => {
    x = phi * x + fresh * random.normal();
    const mode = kind === "bimodal" && random.next() < 0.3 ? 4 : 1;
    const at = i / n;
    const drift =
      kind === "drift" ? (1.075 - 0.15 * at) * (1 + 0.03 * Math.sin(start + 3 * Math.PI * at)) : 1;
    return factor * MEDIAN_MS * mode * drift * Math.exp(SIGMA * x);
  });
}
