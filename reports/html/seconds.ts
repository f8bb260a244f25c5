import { quantile, sorted } from "../../harness/judge/quantile.ts";
import { groupBy } from "../../harness/record/group-by.ts";
import type { Sample } from "../../harness/record/model.ts";

/** What was seen of the requests that the schedule wanted to start in one second. */
export interface Second {
  /** Whole seconds since `from`. */
  second: number;
  /** Of the completed requests, milliseconds; NaN if none completed. */
  p50: number;
  p95: number;
  completed: number;
  failed: number;
  timedOut: number;
}

/** Sums samples up by the second of their intended start, in order; seconds without a request are left out. */
export const bySecond = (samples: readonly Sample[], from: number): Second[] =>
  [...groupBy(samples, ({ intendedAt }) => Math.floor((intendedAt - from) / 1000))]
    .map(([second, own]): Second => {
      const durations = sorted(
        own.filter(({ outcome }) => outcome === "completed").map(({ durationMs }) => durationMs),
      );
      return {
        second,
        p50: quantile(durations, 0.5),
        p95: quantile(durations, 0.95),
        completed: durations.length,
        failed: own.filter(({ outcome }) => outcome === "failed").length,
        timedOut: own.filter(({ outcome }) => outcome === "timed-out").length,
      };
    })
    .toSorted((a, b) => a.second - b.second);
