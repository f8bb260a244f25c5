import type { ReceiptCheck, ReceiptQuantity } from "../../../harness/record/model.ts";
import type { StreamReading } from "../../probe/stream-plan.ts";
import { median, medianInterval, normalQuantile } from "../../probe/statistics.ts";

type When = "before" | "during" | "after";

/** What readings of connections say about a fault, against what was asked for. */
export type StreamMeasure =
  /** Of every connection without exception it is so, or not so. */
  | {
      kind: "share";
      quantity: ReceiptQuantity;
      yes: (reading: StreamReading) => boolean;
      calm: boolean;
      during: boolean;
    }
  /** The interval of the median must reach into what was asked, within the tolerance. */
  | {
      kind: "median";
      quantity: ReceiptQuantity;
      /** Undefined: this connection does not tell. */
      value: (reading: StreamReading) => number | undefined;
      /** From the median before. */
      during: (base: number) => number;
      tolerance: (base: number, when: When) => number;
    }
  /** Half the width of a uniform distribution. */
  | {
      kind: "half-width";
      quantity: ReceiptQuantity;
      value: (reading: StreamReading) => number | undefined;
      asked: number;
    };

/** A receipt raises a false alarm at most 1 in 1000. */
const ALPHA = 0.001;
const TRIM = 0.1;
/** A busy machine's scheduling shows in every answer, ms. */
const SLACK_MS = 5;

const quantile = (ascending: readonly number[], share: number): number =>
  ascending[Math.min(ascending.length - 1, Math.floor(share * ascending.length))] ?? Number.NaN;

/**
 * Half the range between the 10 % and the 90 % quantile, over 0.8: for a uniform distribution its half width, and blind
 * to a stalled machine's outliers. Its standard error is 0.5 half widths / sqrt(n): from the variances and the
 * covariance of two order statistics, p (1 - p) / (n f^2) with density f = 1 / (2 half widths).
 */
export function halfWidth(values: readonly number[]): number {
  const ascending = [...values].sort((a, b) => a - b);
  return (quantile(ascending, 1 - TRIM) - quantile(ascending, TRIM)) / (2 * (1 - 2 * TRIM));
}

const told = (values: readonly (number | undefined)[]): number[] =>
  values.filter((value) => value !== undefined);

/** Judges one measure at one time; `before` are the readings without the fault, `least` is how many must tell. */
export function judgeMeasure(
  measure: StreamMeasure,
  { subject, when, least }: { subject: string; when: When; least: number },
  readings: readonly StreamReading[],
  before: readonly StreamReading[],
): ReceiptCheck {
  const { quantity } = measure;
  if (measure.kind === "share") {
    const asked = (when === "during" ? measure.during : measure.calm) ? 1 : 0;
    const samples = readings.length;
    const measured = samples === 0 ? -1 : readings.filter(measure.yes).length / samples;
    const held = samples >= least && measured === asked;
    return { subject, quantity, asked, measured, tolerance: 0, samples, needed: least, held };
  }
  const values = told(readings.map(measure.value));
  const calm = told(before.map(measure.value));
  const samples = values.length;
  if (samples === 0)
    return { subject, quantity, asked: -1, measured: -1, tolerance: 0, samples, needed: least, held: false };
  if (measure.kind === "half-width") {
    const base = halfWidth(calm);
    const asked = when === "during" ? Math.hypot(base, measure.asked) : base;
    const sampling = (normalQuantile(1 - ALPHA / 2) * 0.5 * asked) / Math.sqrt(samples);
    const share = when === "during" ? 0.2 : 0.25;
    const tolerance = Math.max(SLACK_MS, measure.asked * share, when === "during" ? 0 : base) + sampling;
    const measured = halfWidth(values);
    const held = samples >= least && Math.abs(measured - asked) <= tolerance;
    return { subject, quantity, asked, measured, tolerance, samples, needed: least, held };
  }
  const base = median(calm);
  const asked = when === "during" ? measure.during(base) : base;
  const tolerance = measure.tolerance(base, when);
  const interval = medianInterval(values, ALPHA);
  const measured = median(values);
  const near =
    tolerance === 0
      ? measured === asked
      : interval.low <= asked + tolerance && interval.high >= asked - tolerance;
  return {
    ...{ subject, quantity, asked, tolerance, interval, samples, needed: least },
    measured,
    held: samples >= least && near,
  };
}
