import { quantile, sorted } from "../../../harness/judge/quantile.ts";
import type { LoadAccount, Sample } from "../../../harness/record/model.ts";

/** What happened in one stretch of time: requests by when the schedule wanted them to start, but for `ended`. */
export interface Bucket {
  /** Since the start of the timeline, ms. */
  at: number;
  /** Of the completed requests, ms; NaN if none completed. */
  p50: number;
  p95: number;
  p99: number;
  completed: number;
  failed: number;
  timedOut: number;
  /** Requests a second that the schedules asked for, those never started included. */
  offeredRate: number;
  /** Requests a second that completed within this stretch, whenever they were due. */
  achievedRate: number;
}

/** Round widths, in seconds. */
const WIDTHS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400];

/** More columns could not be told apart, nor found with a finger. */
const MOST = 900;

/** One second, or as much more as a long run needs; ms. */
export const bucketWidth = (spanMs: number): number => {
  const seconds = WIDTHS.find((width) => spanMs / 1000 / width <= MOST) ?? Math.ceil(spanMs / 1000 / MOST);
  return seconds * 1000;
};

/** When a load was asked for: from its first request's intended start, for as long as its account says. */
interface Schedule {
  from: number;
  to: number;
  rate: number;
}

const schedulesOf = (accounts: readonly LoadAccount[], first: ReadonlyMap<string, number>): Schedule[] =>
  accounts.flatMap(({ phase, fn, durationMs, ratePerSecond }) => {
    const from = first.get(`${phase}/${fn}`);
    return from === undefined ? [] : [{ from, to: from + durationMs, rate: ratePerSecond }];
  });

/** Sums samples and schedules of open loads up, in order of time; stretches in which nothing happened are left out. */
export function bucketsOf(
  samples: readonly Sample[],
  accounts: readonly LoadAccount[],
  { from, width }: { from: number; width: number },
): Bucket[] {
  const first = new Map<string, number>();
  const found = new Map<number, { own: Sample[]; ended: number; offered: number }>();
  const bucketAt = (index: number) => {
    const known = found.get(index) ?? { own: [], ended: 0, offered: 0 };
    found.set(index, known);
    return known;
  };
  const indexOf = (at: number): number => Math.floor((at - from) / width);
  for (const sample of samples) {
    const { phase, fn, intendedAt, durationMs, outcome } = sample;
    const key = `${phase}/${fn}`;
    first.set(key, Math.min(first.get(key) ?? Infinity, intendedAt));
    bucketAt(indexOf(intendedAt)).own.push(sample);
    if (outcome === "completed") bucketAt(indexOf(intendedAt + durationMs)).ended++;
  }
  for (const { from: start, to, rate } of schedulesOf(accounts, first)) {
    for (let index = indexOf(start); index <= indexOf(to - 1); index++) {
      const left = from + index * width;
      const overlap = Math.min(to, left + width) - Math.max(start, left);
      bucketAt(index).offered += (rate * overlap) / 1000;
    }
  }
  return [...found]
    .toSorted(([a], [b]) => a - b)
    .map(([index, { own, ended, offered }]): Bucket => {
      const durations = sorted(
        own.filter(({ outcome }) => outcome === "completed").map(({ durationMs }) => durationMs),
      );
      return {
        at: index * width,
        p50: quantile(durations, 0.5),
        p95: quantile(durations, 0.95),
        p99: quantile(durations, 0.99),
        completed: durations.length,
        failed: own.filter(({ outcome }) => outcome === "failed").length,
        timedOut: own.filter(({ outcome }) => outcome === "timed-out").length,
        offeredRate: offered / (width / 1000),
        achievedRate: ended / (width / 1000),
      };
    });
}
