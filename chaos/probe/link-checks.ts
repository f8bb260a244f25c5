import type { ReceiptCheck, ReceiptQuantity } from "../../harness/record/model.ts";
import {
  clopperPearson,
  median,
  medianInterval,
  normalQuantile,
  robustSd,
  robustSdError,
} from "./statistics.ts";

/** What one probe should show. Times in ms. */
export interface Expectation {
  /** Undefined: not to be checked. */
  delayMs: number | undefined;
  /** Allowed on top of the ordinary tolerance of the delay. */
  slackMs: number;
  /** Undefined: not to be checked. */
  jitterMs: number | undefined;
  /** Allowed on top of the ordinary tolerance of the jitter. */
  jitterSlackMs: number;
  loss: number;
  /** Shares that the way may lose besides. */
  pathLoss: { low: number; high: number };
  lossInflation: number;
  /** A rate-limited link also loses what does not fit. */
  mayLoseMore: boolean;
  /** Share that arrives twice; undefined: not to be checked. */
  duplicates: number | undefined;
  /** Share of those which arrive that take less than `beforeMs`. */
  early: { beforeMs: number; share: number } | undefined;
}

export interface ProbeSample {
  sentAt: number;
  /** Round trip or transit; undefined when nothing came. */
  valueMs: number | undefined;
  /** How often it came. */
  copies: number;
}

export interface Expected {
  sample: ProbeSample;
  expected: Expectation;
}

/** Fewest answers from which times are judged; where fewer are expected, they are not. */
const MIN_ANSWERS = 20;
/** Delay: half a millisecond or 5 %, whichever is more. */
const DELAY_TOLERANCE = { ms: 0.5, share: 0.05 };
/** Jitter: half a millisecond or 10 %, whichever is more, besides the error of sampling. */
const JITTER_TOLERANCE = { ms: 0.5, share: 0.1 };

export const cutOff = ({ loss }: Expectation): boolean => loss > 1 - 1e-9;

/** Judges one series; `alpha` is the false alarm that each check may raise. */
export function checkSeries(
  subject: string,
  delay: "rtt-ms" | "latency-ms",
  series: readonly Expected[],
  alpha: number,
): ReceiptCheck[] {
  if (series.length > 0 && series.every(({ expected }) => cutOff(expected)))
    return [reachable(subject, series)];
  const checks = [loss(subject, series, alpha)];
  const expectAnswers = series.length * (1 - mean(series, ({ loss }) => loss));
  if (expectAnswers < MIN_ANSWERS) return checks;
  const answered = series.filter(({ sample }) => sample.valueMs !== undefined);
  if (series.every(({ expected }) => expected.delayMs !== undefined)) {
    checks.push(delayTime(subject, delay, answered, series, alpha));
    if (series.every(({ expected }) => expected.jitterMs !== undefined))
      checks.push(jitter(subject, answered, series, alpha));
  }
  if (series.every(({ expected }) => expected.duplicates !== undefined)) {
    const twice = series.filter(({ sample }) => sample.copies > 1).length;
    const asked = mean(series, ({ duplicates = 0 }) => duplicates);
    checks.push(share(subject, "duplicates", asked, twice, series.length, alpha));
  }
  if (series.every(({ expected }) => expected.early !== undefined)) {
    const early = answered.filter(
      ({ sample, expected }) => sample.valueMs! < (expected.early?.beforeMs ?? -Infinity),
    ).length;
    const asked = mean(series, (expected) => expected.early?.share ?? 0);
    checks.push(share(subject, "reordered", asked, early, answered.length, alpha));
  }
  return checks;
}

/** A partition: not one answer. */
function reachable(subject: string, series: readonly Expected[]): ReceiptCheck {
  const samples = series.length;
  const answers = series.filter(({ sample }) => sample.valueMs !== undefined).length;
  const measured = finite(answers / samples);
  return { subject, quantity: "reachable", asked: 0, measured, tolerance: 0, samples, held: answers === 0 };
}

/** The loss asked for lies in the exact binomial interval of what was measured. */
function loss(subject: string, series: readonly Expected[], alpha: number): ReceiptCheck {
  const inflation = mean(series, ({ lossInflation }) => lossInflation) || 1;
  const mayLoseMore = series.some(({ expected }) => expected.mayLoseMore);
  const asked = mean(series, ({ loss }) => loss);
  const lost = series.filter(({ sample }) => sample.valueMs === undefined).length;
  const check = share(subject, "loss", asked, lost, series.length, alpha, inflation);
  const { low, high } = check.interval!;
  const [least, most] = (["low", "high"] as const).map((end) =>
    mean(series, ({ loss, pathLoss }) => 1 - (1 - loss) * (1 - pathLoss[end])),
  ) as [number, number];
  const within = least <= high + 1e-12 && (mayLoseMore || most >= low - 1e-12);
  return { ...check, tolerance: check.tolerance + most - asked, held: series.length > 0 && within };
}

/** The share asked for lies in Clopper and Pearson's interval. */
function share(
  subject: string,
  quantity: ReceiptQuantity,
  asked: number,
  count: number,
  samples: number,
  alpha: number,
  inflation = 1,
): ReceiptCheck {
  const interval = clopperPearson(count / inflation, samples / inflation, alpha);
  const held = samples > 0 && asked >= interval.low - 1e-12 && asked <= interval.high + 1e-12;
  const tolerance = (interval.high - interval.low) / 2;
  const measured = finite(count / samples);
  return { subject, quantity, asked: tidy(asked), measured, tolerance, interval, samples, held };
}

/** The interval of the median distance from what each was expected to take reaches into the tolerance. */
function delayTime(
  subject: string,
  quantity: "rtt-ms" | "latency-ms",
  answered: readonly Expected[],
  series: readonly Expected[],
  alpha: number,
): ReceiptCheck {
  const off = answered.map(({ sample, expected }) => sample.valueMs! - expected.delayMs!);
  const asked = mean(series, ({ delayMs = 0 }) => delayMs);
  const { low, high, confidence } = medianInterval(off, alpha);
  const tolerance =
    Math.max(DELAY_TOLERANCE.ms, DELAY_TOLERANCE.share * asked) + mean(series, ({ slackMs }) => slackMs);
  const enough = off.length >= MIN_ANSWERS / 2;
  return {
    subject,
    quantity,
    asked: tidy(asked),
    measured: finite(asked + median(off)),
    tolerance: tidy(tolerance),
    interval: { low: finite(asked + low), high: finite(asked + high), confidence },
    samples: off.length,
    held: enough && low <= tolerance && high >= -tolerance,
  };
}

function jitter(
  subject: string,
  answered: readonly Expected[],
  series: readonly Expected[],
  alpha: number,
): ReceiptCheck {
  const off = answered.map(({ sample, expected }) => sample.valueMs! - expected.delayMs!);
  const asked = Math.sqrt(mean(series, ({ jitterMs = 0 }) => jitterMs ** 2));
  const measured = robustSd(off);
  const error = normalQuantile(1 - alpha / 2) * robustSdError(off.length) * asked;
  const slack = mean(series, ({ jitterSlackMs }) => jitterSlackMs);
  const tolerance = Math.max(JITTER_TOLERANCE.ms, JITTER_TOLERANCE.share * asked) + error + slack;
  return {
    subject,
    quantity: "jitter-ms",
    asked: tidy(asked),
    measured: finite(measured),
    tolerance: finite(tidy(tolerance)),
    samples: off.length,
    held: off.length >= MIN_ANSWERS / 2 && Math.abs(measured - asked) <= tolerance,
  };
}

const mean = (series: readonly Expected[], of: (expected: Expectation) => number): number =>
  series.reduce((total, { expected }) => total + of(expected), 0) / Math.max(1, series.length);

/** Without the last digits of sums of fractions. */
const tidy = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(10)) : value);

/** JSON has no NaN; -1 stands for "nothing was measured", next to a sample count of 0. */
const finite = (value: number): number => (Number.isFinite(value) ? tidy(value) : -1);
