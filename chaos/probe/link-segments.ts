import type { LinkParams } from "../../harness/config/model.ts";
import { linkPeriods, periodKey, type LinkMoment, type Span } from "../wan/link-history.ts";
import { describeParams } from "../wan/link-params.ts";
import type { LinkDirection } from "../wan/wan-engine.ts";
import { longestMs } from "./round-trip.ts";

/** Probes that met the same parameters, however often these came and went. */
export interface Segment<Probe> {
  params: LinkParams[];
  /** What it would have been without the layer in question. */
  without: LinkParams[];
  probes: Probe[];
}

export interface Segments<Probe> {
  segments: Segment<Probe>[];
  /** Probes so near a change, or another probe's burst, that what they met is uncertain. */
  left: number;
}

/** The tester's clock against that of the machine that stamps a probe, and the stamp's own error, ms. */
const CLOCK_ERROR_MS = 25;
/** What the path takes besides what is asked of it, ms. */
const PATH_MS = 5;

export interface SegmentOptions {
  history: readonly LinkMoment[];
  /** All that a probe passes. */
  directions: readonly LinkDirection[];
  layer: string | undefined;
  /** Times to leave out, until all that was sent then had passed. */
  disturbed: readonly Span[];
}

/**
 * Sorts probes by what was in force when they passed. Left out is whatever was sent less than the longest passage (of
 * the parameters before, during and after) and the clocks' error from a change.
 */
export function segmentProbes<Probe extends { sentAt: number }>(
  probes: readonly Probe[],
  { history, directions, layer, disturbed }: SegmentOptions,
): Segments<Probe> {
  const periods = linkPeriods(history, directions, layer);
  const longest = periods.map(({ params }) => params.reduce((total, one) => total + longestMs(one), PATH_MS));
  const known = new Map<string, Segment<Probe>>();
  const certain = periods.map((period, index) => {
    const margin =
      CLOCK_ERROR_MS + Math.max(longest[index - 1] ?? 0, longest[index] ?? 0, longest[index + 1] ?? 0);
    return { ...period, from: period.from + margin, to: period.to - margin, margin };
  });
  let left = 0;
  for (const probe of probes) {
    const period = certain.find(({ from, to }) => probe.sentAt >= from && probe.sentAt <= to);
    const near = (span: Span): boolean =>
      probe.sentAt >= span.from - (period?.margin ?? 0) && probe.sentAt <= span.to;
    if (!period || disturbed.some(near)) {
      left++;
      continue;
    }
    const key = periodKey(period);
    const segment = known.get(key) ?? { params: period.params, without: period.without, probes: [] };
    known.set(key, segment);
    segment.probes.push(probe);
  }
  return { segments: [...known.values()], left };
}

/** For people: what was in force in each direction, once if it is the same in all. */
export function describeSegment({ params }: Pick<Segment<unknown>, "params">): string {
  return [...new Set(params.map(describeParams))].join(" / ");
}
