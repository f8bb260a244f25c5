import { CONFIDENCE, minimumSamples, quantile, sorted } from "../judge/quantile.ts";
import { resampledQuantiles } from "../statistics/block-bootstrap.ts";
import { mannWhitney, midRanks } from "../statistics/mann-whitney.ts";
import { Random } from "../statistics/random.ts";
import { blockLength, serialInflation } from "../statistics/serial.ts";
import { sameShares, type Share } from "../statistics/shares.ts";

const PERCENTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
const NAMES = Object.keys(PERCENTILES) as (keyof typeof PERCENTILES)[];

/** Response times in ms in the order of their intended starts; `Infinity` for a request that did not complete. */
export interface DurationSeries {
  /** Those that are known to belong to the group. */
  own: Float64Array;
  /** With those that got no answer, hence may belong to it; the same array where there are none. */
  withLost: Float64Array;
}

export interface DurationChange {
  name: keyof typeof PERCENTILES;
  base: number;
  head: number;
  /** Ends of the interval of head / base - 1. */
  low: number;
  high: number;
  p: number;
  /** Independent samples that would say as much as the smaller of both series, and how many are needed. */
  effective: number;
  needed: number;
}

/** 30 is the usual least for a normal approximation; 59 and 299 are Wilks' (1941) for a 95 % bound on p95 and p99. */
const needed = (q: number): number => Math.max(30, minimumSamples(q, 0.9));

/** 1000 as Efron & Tibshirani (1993), 13.3, ask for; fewer of long series, whose quantiles scatter little. */
const resamplesOf = (n: number): number => Math.min(1000, Math.max(200, Math.floor(2e7 / n)));

interface Prepared {
  values: Float64Array;
  /** The longest of what the three quantiles ask for. */
  block: number;
  effective: number[];
  resampled: Float64Array[];
}

const beyond = (values: Float64Array, limit: number): Uint8Array =>
  Uint8Array.from(values, (value) => (value >= limit ? 1 : 0));

function prepare(values: Float64Array, resamples: number, random: Random): Prepared {
  const ascending = sorted(values);
  const indicators = NAMES.map((name) => beyond(values, quantile(ascending, PERCENTILES[name])));
  const block = Math.max(...indicators.map(blockLength));
  return {
    values,
    block,
    effective: indicators.map((series) => values.length / serialInflation(series, block)),
    resampled: resampledQuantiles(values, Object.values(PERCENTILES), { block, resamples, random }),
  };
}

const share = (series: Uint8Array, block: number): Share => ({
  hits: series.reduce((sum, hit) => sum + hit, 0),
  n: series.length,
  inflation: serialInflation(series, block),
});

/** p values in the order of the percentiles: the shift of the whole for the median, the quantile test for the tails. */
function pValues(base: Prepared, head: Prepared): number[] {
  const pooled = Float64Array.from([...base.values, ...head.values]);
  const ranked = midRanks(pooled);
  const n = base.values.length;
  const shift = mannWhitney(ranked, n, [
    serialInflation(ranked.ranks.subarray(0, n), base.block),
    serialInflation(ranked.ranks.subarray(n), head.block),
  ]);
  pooled.sort();
  return NAMES.map((name) => {
    if (name === "p50") return shift.p;
    const limit = quantile(pooled, PERCENTILES[name]);
    return sameShares(
      share(beyond(base.values, limit), base.block),
      share(beyond(head.values, limit), head.block),
    );
  });
}

/** What of two infinite times, or none at all, can be said: anything. */
const ratioEnds = (base: Float64Array, head: Float64Array): { low: number; high: number } => {
  const ratios = Float64Array.from(base, (value, index) => head[index]! / value - 1);
  const ends = (unknown: number): Float64Array =>
    ratios.map((ratio) => (Number.isNaN(ratio) ? unknown : ratio)).sort();
  return {
    low: quantile(ends(-1), (1 - CONFIDENCE) / 2),
    high: quantile(ends(Infinity), (1 + CONFIDENCE) / 2),
  };
};

/**
 * Compares p50, p95 and p99 of two series: 95 % interval of the relative change by a moving block bootstrap of both,
 * percentile method (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, 13.3). Requests without an answer are
 * of an unknown class: the interval reaches from none of them to all of them in either run (Manski, Partial
 * Identification of Probability Distributions, 2003), and the larger p value counts.
 */
export function compareDurations(base: DurationSeries, head: DurationSeries, seed: number): DurationChange[] {
  const random = new Random(seed);
  // Both runs of a pair need as many resamples.
  const resamples = resamplesOf(Math.max(base.withLost.length, head.withLost.length));
  const ready = (series: DurationSeries): [Prepared, Prepared] => {
    const own = prepare(series.own, resamples, random);
    return [own, series.withLost === series.own ? own : prepare(series.withLost, resamples, random)];
  };
  const [base0, base1] = ready(base);
  const [head0, head1] = ready(head);
  const least = pValues(base1, head0);
  const most = base0 === base1 && head0 === head1 ? least : pValues(base0, head1);
  const [baseSorted, headSorted] = [sorted(base.own), sorted(head.own)];
  return NAMES.map((name, which) => {
    const q = PERCENTILES[name];
    return {
      name,
      base: quantile(baseSorted, q),
      head: quantile(headSorted, q),
      low: ratioEnds(base1.resampled[which]!, head0.resampled[which]!).low,
      high: ratioEnds(base0.resampled[which]!, head1.resampled[which]!).high,
      p: Math.max(least[which]!, most[which]!),
      effective: Math.min(base0.effective[which]!, head0.effective[which]!),
      needed: needed(q),
    };
  });
}
