import { quantileRanks } from "../judge/quantile.ts";
import type { MetricSample } from "./prometheus-text.ts";

/** How many observations fell into each bucket; `bounds` are their upper ends, ascending, the last one `Infinity`. */
export interface Histogram {
  bounds: readonly number[];
  counts: readonly number[];
}

export interface LabelledHistogram extends Histogram {
  labels: Readonly<Record<string, string>>;
}

const keyOf = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The histograms of a metric (its `NAME_bucket` lines), one for each set of labels. */
export function readHistograms(
  samples: readonly MetricSample[],
  name: string,
): Map<string, LabelledHistogram> {
  const cumulated = new Map<string, { labels: Record<string, string>; buckets: [number, number][] }>();
  for (const sample of samples) {
    const { le, ...labels } = sample.labels;
    if (sample.name !== `${name}_bucket` || le === undefined) continue;
    const key = keyOf(labels);
    const known = cumulated.get(key) ?? { labels, buckets: [] };
    known.buckets.push([le === "+Inf" ? Infinity : Number(le), sample.value]);
    cumulated.set(key, known);
  }
  return new Map(
    [...cumulated].map(([key, { labels, buckets }]) => {
      buckets.sort(([a], [b]) => a - b);
      const counts = buckets.map(([, count], index) => count - (buckets[index - 1]?.[1] ?? 0));
      return [key, { labels, bounds: buckets.map(([bound]) => bound), counts }];
    }),
  );
}

/**
 * What was observed between two readings. Undefined where a count went down: the process was started anew, and what it
 * observed before is not known.
 */
export function observedBetween(
  before: ReadonlyMap<string, LabelledHistogram>,
  after: ReadonlyMap<string, LabelledHistogram>,
): LabelledHistogram[] | undefined {
  const found: LabelledHistogram[] = [];
  for (const [key, later] of after) {
    const earlier = before.get(key);
    const counts = later.counts.map((count, index) => count - (earlier?.counts[index] ?? 0));
    if (counts.some((count) => count < 0)) return undefined;
    if (counts.some((count) => count > 0)) found.push({ ...later, counts });
  }
  return [...before.keys()].every((key) => after.has(key)) ? found : undefined;
}

/** One histogram of several with the same bounds. */
export function merged(histograms: readonly Histogram[]): Histogram | undefined {
  const [first, ...others] = histograms;
  if (!first) return undefined;
  const counts = [...first.counts];
  for (const { counts: more } of others) more.forEach((count, index) => (counts[index]! += count));
  return { bounds: first.bounds, counts };
}

export const total = ({ counts }: Histogram): number => counts.reduce((sum, count) => sum + count, 0);

/** Index of the bucket that holds the observation of this rank, counted from 1. */
const bucketOf = ({ counts }: Histogram, rank: number): number => {
  let below = 0;
  for (let index = 0; index < counts.length; index++) {
    below += counts[index]!;
    if (below >= rank) return index;
  }
  return counts.length - 1;
};

export interface HistogramQuantile {
  /** Interpolated; the highest finite bound where it lies beyond that, and NaN without observations. */
  value: number;
  /** It lies above `low` and at most at `high`, which is infinite where nothing bounds it. */
  low: number;
  high: number;
  n: number;
}

/**
 * A quantile as Prometheus' `histogram_quantile` has it, by a straight line within its bucket
 * (https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile). A histogram tells less than
 * its observations: the interval is from the lower bound of the bucket in which the lower end of the order statistics'
 * interval lies (see `quantileRanks`) to the upper bound of that of its upper end.
 */
export function histogramQuantile(histogram: Histogram, q: number): HistogramQuantile {
  const { bounds, counts } = histogram;
  const n = total(histogram);
  if (n === 0) return { value: NaN, low: 0, high: Infinity, n };
  const lower = (index: number): number => (index === 0 ? 0 : bounds[index - 1]!);
  const at = bucketOf(histogram, n * q);
  const before = counts.slice(0, at).reduce((sum, count) => sum + count, 0);
  const width = bounds[at]! - lower(at);
  const value = Number.isFinite(width) ? lower(at) + (width * (n * q - before)) / counts[at]! : lower(at);
  const ranks = quantileRanks(n, q);
  return {
    value,
    low: ranks.low === undefined ? 0 : lower(bucketOf(histogram, ranks.low)),
    high: ranks.high === undefined ? Infinity : bounds[bucketOf(histogram, ranks.high)]!,
    n,
  };
}
