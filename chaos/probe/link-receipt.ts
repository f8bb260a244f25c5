import type { LinkParams } from "../../harness/config/model.ts";
import type { Receipt, ReceiptCheck } from "../../harness/record/model.ts";
import type { DirectedLink } from "../wan/wan-engine.ts";
import { checkSeries, type Expectation } from "./link-checks.ts";
import type { ProbeSeries } from "./ping-output.ts";
import { roundTrip, type RoundTrip } from "./round-trip.ts";
import { median, medianInterval, robustSd, sidak } from "./statistics.ts";

/** Probes of one pair; `from` pinged `to`. */
export interface LinkObservation {
  before: ProbeSeries;
  during: ProbeSeries;
  after: ProbeSeries;
}

export interface LinkEvidence {
  fault: string;
  phase: string;
  /** ms since the epoch. */
  askedAt: number;
  injectedAt: number;
  healedAt: number;
  /** In force before and after; what is absent is unimpaired. */
  base: readonly DirectedLink[];
  /** What the fault puts in force. */
  asked: readonly DirectedLink[];
  observations: readonly LinkObservation[];
  /** Why the fault did not hold, seen otherwise than by probes. */
  troubles: readonly string[];
}

/** Probability that a receipt of a fault that held says it did not, over all its links, phases and quantities. */
const FAMILY_FALSE_ALARM = 0.001;
/** Loss, round trip and jitter in three phases. */
const CHECKS_PER_PAIR = 9;
/** Fewest settled probes that prove anything. */
const MIN_PROBES = { before: 30, during: 100, after: 30 };
/** How much longer than asked the round trip may be without the fault, ms: the path itself and a busy host. */
const PATH_ALLOWANCE_MS = 2;

/**
 * Judges the probes of a link fault, a pure function. Before: no more than what was in force already. During: median
 * round trip = that of before + the delays that the fault added in both directions, within max(0.5 ms, 5 %) and the
 * baseline's own uncertainty; jitter (where any is asked) sqrt(j1^2 + j2^2 + baseline^2) within max(0.5 ms, 10 %) and
 * its sampling error; loss 1-(1-p1)(1-p2) inside the Clopper-Pearson interval of what was measured, with an effective
 * sample size where losses are bursty; a partition lets no answer through. After: as before. The levels are Sidak
 * corrected over all checks, so that a fault that held is called broken in 1 of 1000 receipts at most. Nothing
 * measured is nothing held.
 */
export function judgeLinkReceipt(evidence: LinkEvidence): Receipt {
  const { fault, phase, askedAt, injectedAt, healedAt, observations } = evidence;
  const alpha = sidak(FAMILY_FALSE_ALARM, CHECKS_PER_PAIR * Math.max(1, observations.length));
  const judged = observations.map((observation) => judgePair(observation, evidence, alpha));
  const before = judged.flatMap((pair) => pair.before);
  const during = judged.flatMap((pair) => pair.during);
  const after = judged.flatMap((pair) => pair.after);
  const reasons = [
    ...evidence.troubles,
    ...(observations.length === 0 ? ["no link was probed"] : []),
    ...explain("before", before),
    ...explain("during", during),
    ...explain("after", after),
  ];
  const times = { askedAt, injectedAt, healedAt };
  return { fault, phase, ...times, before, during, after, held: reasons.length === 0, reasons };
}

type PairChecks = Record<"before" | "during" | "after", ReceiptCheck[]>;

function judgePair(observation: LinkObservation, evidence: LinkEvidence, alpha: number): PairChecks {
  const { from, to } = observation.before;
  const subject = `${from} <-> ${to}`;
  const base = trip(from, to, [evidence.base]);
  const faulty = trip(from, to, [evidence.asked, evidence.base]);
  const rtts = observation.before.probes.flatMap(({ rttMs }) => (rttMs === undefined ? [] : [rttMs]));
  const { low, high } = medianInterval(rtts, alpha);
  // A base that lets nothing through has no round trip of its own: the fault's is judged from the asked delays alone.
  const measured = rtts.length > 0;
  const path = {
    rttMs: measured ? median(rtts) - base.delayMs : PATH_ALLOWANCE_MS / 2,
    slackMs: measured ? (high - low) / 2 : PATH_ALLOWANCE_MS,
    sdMs: measured ? Math.sqrt(Math.max(0, robustSd(rtts) ** 2 - base.jitterMs ** 2)) : 0,
  };
  const withJitter = base.jitterMs > 0 || faulty.jitterMs > 0;
  const expect = (through: RoundTrip, minimum: number): Expectation => ({
    rttMs: path.rttMs + through.delayMs,
    rttSlackMs: path.slackMs + through.queueMs,
    jitterMs: withJitter ? Math.hypot(path.sdMs, through.jitterMs) : undefined,
    jitterSlackMs: through.queueMs,
    loss: through.loss,
    lossInflation: through.lossInflation,
    minimum,
  });
  const beforehand: Expectation = {
    ...expect(base, MIN_PROBES.before),
    rttMs: base.delayMs,
    rttSlackMs: PATH_ALLOWANCE_MS + base.queueMs,
    jitterMs: withJitter ? base.jitterMs : undefined,
  };
  return {
    before: checkSeries(subject, observation.before.probes, beforehand, alpha),
    during: checkSeries(subject, observation.during.probes, expect(faulty, MIN_PROBES.during), alpha),
    after: checkSeries(subject, observation.after.probes, expect(base, MIN_PROBES.after), alpha),
  };
}

/** The round trip with the parameters of the first list that has the direction. */
function trip(from: string, to: string, lists: (readonly DirectedLink[])[]): RoundTrip {
  const params = (a: string, b: string): LinkParams =>
    lists.flatMap((list) => list.filter((link) => link.from === a && link.to === b))[0]?.params ?? {};
  return roundTrip(params(from, to), params(to, from));
}

const explain = (when: string, checks: readonly ReceiptCheck[]): string[] =>
  checks.filter(({ held }) => !held).map((check) => `${check.subject} ${when}: ${describe(check)}`);

function describe({ quantity, asked, measured, tolerance, interval, samples }: ReceiptCheck): string {
  const range = interval ? `, interval ${number(interval.low)} to ${number(interval.high)}` : "";
  const figures = `${number(measured)} measured (${samples} samples${range})`;
  return `${quantity} ${samples === 0 ? "not measured (0 samples)" : figures}, ${number(asked)} +- ${number(tolerance)} asked`;
}

const number = (value: number): string => String(Number(value.toPrecision(4)));
