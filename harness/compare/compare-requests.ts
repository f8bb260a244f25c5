import { CONFIDENCE } from "../judge/quantile.ts";
import { formatShare } from "../judge/format.ts";
import type { Sample } from "../record/model.ts";
import { blockLength, serialInflation } from "../statistics/serial.ts";
import { sameShares, shareDifference, type Share } from "../statistics/shares.ts";
import { compareDurations, type DurationSeries } from "./compare-durations.ts";
import { type ComparisonScope, type Finding, SHARE_EFFECT } from "./comparison.ts";

const failed = ({ outcome }: Sample): boolean => outcome !== "completed";

const timesOf = (samples: readonly Sample[]): Float64Array =>
  Float64Array.from(samples, (one) => (failed(one) ? Infinity : one.durationMs));

/** `samples` are of one phase and function, by intended start. */
const seriesOf = (samples: readonly Sample[], deviceClass: string): DurationSeries => {
  const mine = samples.filter((one) => one.deviceClass === deviceClass);
  const possible = samples.filter((one) => one.deviceClass === deviceClass || isNobodys(one));
  const own = timesOf(mine);
  return { own, withLost: possible.length === mine.length ? own : timesOf(possible) };
};

/** A request without an answer has no device class. */
function isNobodys(sample: Sample): boolean {
  return failed(sample) && sample.deviceClass === "";
}

/** Response times of one device class; a request that did not complete is infinitely slow. Empty if one run has none. */
export function responseTimes(
  base: readonly Sample[],
  head: readonly Sample[],
  scope: ComparisonScope,
  { effect, seed }: { effect: number; seed: number },
): Finding[] {
  const [before, after] = [seriesOf(base, scope.deviceClass), seriesOf(head, scope.deviceClass)];
  if (before.own.length === 0 || after.own.length === 0) return [];
  const lost = [before, after].map(({ own, withLost }) => withLost.length - own.length);
  return compareDurations(before, after, seed).map((found): Finding => {
    const change = found.head / found.base - 1;
    const enough = found.effective >= found.needed;
    const worth = Math.floor(found.effective);
    return {
      quantity: found.name,
      scope,
      unit: "ms",
      base: found.base,
      head: found.head,
      samples: { base: before.own.length, head: after.own.length },
      change: Number.isNaN(change) ? undefined : change,
      interval: { low: found.low, high: found.high, confidence: CONFIDENCE },
      effect,
      p: found.p,
      doubts: enough ? [] : [`as good as ${worth} independent samples, at least ${found.needed} are needed`],
      notes: lost.some((count) => count > 0)
        ? [`${lost.join(" and ")} without an answer, from an unknown class, held against both ends`]
        : [],
    };
  });
}

const errorShare = (samples: readonly Sample[]): Share => {
  const errors = Uint8Array.from(samples, (one) => (failed(one) ? 1 : 0));
  return {
    hits: errors.reduce((sum, hit) => sum + hit, 0),
    n: errors.length,
    inflation: serialInflation(errors, blockLength(errors)),
  };
};

/** Error rate of all device classes together, for a request without an answer has none. Its change is a difference. */
export function errorRates(
  base: readonly Sample[],
  head: readonly Sample[],
  scope: ComparisonScope,
): Finding[] {
  if (base.length === 0 || head.length === 0) return [];
  const [before, after] = [errorShare(base), errorShare(head)];
  return [
    {
      quantity: "errors",
      scope: { ...scope, deviceClass: "" },
      unit: "share",
      base: before.hits / before.n,
      head: after.hits / after.n,
      samples: { base: before.n, head: after.n },
      change: after.hits / after.n - before.hits / before.n,
      interval: { ...shareDifference(before, after), confidence: CONFIDENCE },
      effect: SHARE_EFFECT,
      p: sameShares(before, after),
      doubts: [],
      notes: before.hits + after.hits > 0 ? [`${formatShare(SHARE_EFFECT)} more or less would matter`] : [],
    },
  ];
}
