import type { Sample } from "../record/model.ts";
import { formatDuration } from "./format.ts";
import { estimateQuantile, minimumSamples, quantile, sorted } from "./quantile.ts";

/**
 * What a closed load leaves out: p99 of an open one at the same rate over its own p99, and their difference. A user who
 * waits for a slow answer sends nothing meanwhile, so that the requests which would have met the same stall are missing
 * (coordinated omission; Tene, How NOT to Measure Latency, 2013). 1 and 0 ms: it left nothing out.
 */
export interface CoordinatedOmission {
  /** Undefined where p99 of either is a request that did not complete. */
  ratio: number | undefined;
  differenceMs: number | undefined;
  detail: string;
}

const QUANTILE = 0.99;

/** A request that did not complete is infinitely slow, as everywhere. */
const p99 = (samples: readonly Sample[]) =>
  estimateQuantile(
    sorted(samples.map(({ outcome, durationMs }) => (outcome === "completed" ? durationMs : Infinity))),
    QUANTILE,
  );

/** Undefined without samples of both. */
export function coordinatedOmission(
  closed: readonly Sample[],
  open: readonly Sample[],
): CoordinatedOmission | undefined {
  if (closed.length === 0 || open.length === 0) return undefined;
  const [one, other] = [p99(closed), p99(open)];
  const finite = Number.isFinite(one.value) && Number.isFinite(other.value) && one.value > 0;
  const needed = minimumSamples(QUANTILE);
  const few = Math.min(one.n, other.n) < needed;
  const between = few
    ? `too few for an interval, each needs ${needed}`
    : `95 % intervals ${formatDuration(other.low)} to ${formatDuration(other.high)}, ` +
      `${formatDuration(one.low)} to ${formatDuration(one.high)}`;
  // The load generator's own part: on a quick function it can be as large as the answer.
  const late = quantile(sorted(open.map(({ startedAt, intendedAt }) => startedAt - intendedAt)), QUANTILE);
  return {
    ratio: finite ? other.value / one.value : undefined,
    differenceMs: finite ? other.value - one.value : undefined,
    detail:
      `p99 ${formatDuration(other.value)} of ${other.n} open requests, ` +
      `${formatDuration(one.value)} of ${one.n} closed ones; ${between}; ` +
      `p99 of how late k6 sent the open ones is ${formatDuration(late)}`,
  };
}
