import type { ReceiptCheck } from "../../harness/record/model.ts";
import type { Probe } from "./ping-output.ts";
import {
  clopperPearson,
  median,
  medianInterval,
  normalQuantile,
  robustSd,
  robustSdError,
} from "./statistics.ts";

/** What a series of probes of one link should show. Times in ms. */
export interface Expectation {
  rttMs: number;
  /** Allowed on top of the ordinary tolerance of the round trip. */
  rttSlackMs: number;
  /** Undefined: not to be checked. */
  jitterMs: number | undefined;
  /** Allowed on top of the ordinary tolerance of the jitter. */
  jitterSlackMs: number;
  loss: number;
  lossInflation: number;
  /** Fewer settled probes than this prove nothing. */
  minimum: number;
}

/** Fewest answers from which a round trip is judged; where fewer are expected, it is not. */
const MIN_ANSWERS = 20;
/** Round trip: half a millisecond or 5 %, whichever is more. */
const RTT_TOLERANCE = { ms: 0.5, share: 0.05 };
/** Jitter: half a millisecond or 10 %, whichever is more, besides the error of sampling. */
const JITTER_TOLERANCE = { ms: 0.5, share: 0.1 };

/** Judges one series; `alpha` is the false alarm that each check may raise. */
export function checkSeries(
  subject: string,
  probes: readonly Probe[],
  expected: Expectation,
  alpha: number,
): ReceiptCheck[] {
  const rtts = probes.flatMap(({ rttMs }) => (rttMs === undefined ? [] : [rttMs]));
  if (expected.loss > 1 - 1e-9) return [reachable(subject, probes.length, rtts.length, expected)];
  const checks = [loss(subject, probes.length, probes.length - rtts.length, expected, alpha)];
  if (expected.minimum * (1 - expected.loss) < MIN_ANSWERS) return checks;
  checks.push(roundTripTime(subject, rtts, expected, alpha));
  if (expected.jitterMs !== undefined) checks.push(jitter(subject, rtts, expected.jitterMs, expected, alpha));
  return checks;
}

/** A partition: not one answer. */
function reachable(
  subject: string,
  samples: number,
  answers: number,
  { minimum }: Expectation,
): ReceiptCheck {
  const measured = samples === 0 ? Number.NaN : answers / samples;
  const held = samples >= minimum && answers === 0;
  return {
    subject,
    quantity: "reachable",
    asked: 0,
    measured: finite(measured),
    tolerance: 0,
    samples,
    held,
  };
}

/** The loss asked for lies in the exact binomial interval of what was measured. */
function loss(
  subject: string,
  samples: number,
  lost: number,
  { loss: asked, lossInflation, minimum }: Expectation,
  alpha: number,
): ReceiptCheck {
  const interval = clopperPearson(lost / lossInflation, samples / lossInflation, alpha);
  const held = samples >= minimum && asked >= interval.low && asked <= interval.high;
  const measured = finite(lost / samples);
  const tolerance = (interval.high - interval.low) / 2;
  return { subject, quantity: "loss", asked, measured, tolerance, interval, samples, held };
}

/** The median's interval reaches into what is asked for, give or take the tolerance. */
function roundTripTime(
  subject: string,
  rtts: readonly number[],
  { rttMs: asked, rttSlackMs }: Expectation,
  alpha: number,
): ReceiptCheck {
  const interval = medianInterval(rtts, alpha);
  const tolerance = Math.max(RTT_TOLERANCE.ms, RTT_TOLERANCE.share * asked) + rttSlackMs;
  const enough = rtts.length >= MIN_ANSWERS / 2;
  const held = enough && interval.low <= asked + tolerance && interval.high >= asked - tolerance;
  return {
    subject,
    quantity: "rtt-ms",
    asked,
    measured: finite(median(rtts)),
    tolerance,
    interval: { ...interval, low: finite(interval.low), high: finite(interval.high) },
    samples: rtts.length,
    held,
  };
}

function jitter(
  subject: string,
  rtts: readonly number[],
  asked: number,
  { jitterSlackMs }: Expectation,
  alpha: number,
): ReceiptCheck {
  const measured = robustSd(rtts);
  const error = normalQuantile(1 - alpha / 2) * robustSdError(rtts.length) * asked;
  const tolerance = Math.max(JITTER_TOLERANCE.ms, JITTER_TOLERANCE.share * asked) + error + jitterSlackMs;
  const held = rtts.length >= MIN_ANSWERS / 2 && Math.abs(measured - asked) <= tolerance;
  return {
    subject,
    quantity: "jitter-ms",
    asked,
    measured: finite(measured),
    tolerance: finite(tolerance),
    samples: rtts.length,
    held,
  };
}

/** JSON has no NaN; -1 stands for "nothing was measured", next to a sample count of 0. */
const finite = (value: number): number => (Number.isFinite(value) ? value : -1);
