import type { LinkParams } from "../../harness/config/model.ts";
import { periodKey, type LinkMoment } from "../wan/link-history.ts";
import type { LinkDirection } from "../wan/wan-engine.ts";
import type { MeterSeries } from "./link-meter.ts";
import { UDP_OVERHEAD } from "./link-meter-protocol.ts";
import { METER_BYTES } from "./link-plan.ts";
import { segmentProbes, type Segment, type Segments } from "./link-segments.ts";
import type { ProbeSeries } from "./ping-output.ts";
import { oneWay, roundTrip, type Passage } from "./round-trip.ts";
import { clopperPearson, median, medianInterval, robustSd } from "./statistics.ts";

/** What a way does by itself, without anything asked of it. */
export interface Path {
  delayMs: number;
  /** Half the width of the median's interval. */
  slackMs: number;
  sdMs: number;
  /** Measured by control probes: at the same moments. */
  beside: boolean;
  /** Shares that it may lose by itself. */
  loss: { low: number; high: number };
  /** Of the first probe, ms since the epoch. */
  since: number;
}

/** Undefined where nothing came through. */
export interface Paths {
  /** In the order of the pings. */
  pairs: (Path | undefined)[];
  /** In the order of the flows; difference of the clocks included. */
  directions: (Path | undefined)[];
}

/** Of the interval of a path's median. */
const FALSE_ALARM = 0.001 / 3;
/** Of the interval of a path's loss: it and that of what was measured would have to be missed. */
const LOSS_FALSE_ALARM = 0.1;
/** Fewest answers that say what a path is like. */
const MIN_ANSWERS = 15;
export const LOSSLESS = { low: 0, high: 0 };

function path(values: readonly number[], passage: Pick<Passage, "delayMs" | "jitterMs">): Path | undefined {
  if (values.length < MIN_ANSWERS) return undefined;
  const { low, high } = medianInterval(values, FALSE_ALARM);
  return {
    delayMs: median(values) - passage.delayMs,
    slackMs: (high - low) / 2,
    sdMs: Math.sqrt(Math.max(0, robustSd(values) ** 2 - passage.jitterMs ** 2)),
    beside: false,
    loss: LOSSLESS,
    since: 0,
  };
}

/** The ways as they were before, to compare with. */
export function pathsOf(
  readings: { pings: readonly ProbeSeries[]; flows: readonly MeterSeries[] },
  history: readonly LinkMoment[],
): Paths {
  const longest = <P extends { sentAt: number }>(probes: readonly P[], directions: LinkDirection[]) =>
    segmentProbes(probes, { history, directions, layer: undefined, disturbed: [] }).segments.reduce<
      { params: LinkParams[]; probes: P[] } | undefined
    >((best, one) => (best && best.probes.length >= one.probes.length ? best : one), undefined);
  const since = (found: Path | undefined, first: { sentAt: number } | undefined): Path | undefined =>
    found && { ...found, since: first?.sentAt ?? 0 };
  return {
    pairs: readings.pings.map((series) => {
      const best = longest(series.probes, bothWays(series));
      if (!best) return undefined;
      const values = best.probes.flatMap(({ rttMs }) => (rttMs === undefined ? [] : [rttMs]));
      return since(path(values, roundTrip(best.params[0] ?? {}, best.params[1] ?? {})), best.probes[0]);
    }),
    directions: readings.flows.map((series) => {
      const best = longest(series.datagrams, [direction(series)]);
      if (!best) return undefined;
      const values = best.probes.flatMap(({ transitsMs }) => transitsMs.slice(0, 1));
      const passage = oneWay(best.params[0] ?? {}, METER_BYTES + UDP_OVERHEAD);
      return since(path(values, passage), best.probes[0]);
    }),
  };
}

/**
 * The way in each state of the links, by the control probes of that state: what machines under load take longer, or a WAN
 * at another hour, is no fault's doing. Undefined for a state with too few of them.
 * @param valueOf undefined where nothing came
 * @returns the path for the parameters of a segment, or for those without the layer
 */
export function pathsBeside<P>(
  segments: readonly Pick<Segment<unknown>, "params" | "without">[],
  control: Segments<P>,
  valueOf: (probe: P) => number | undefined,
): (params: readonly LinkParams[]) => Path | undefined {
  const known = new Map<readonly LinkParams[], Path | undefined>();
  for (const { params, without } of segments) {
    const beside = control.segments.find((one) => periodKey(one) === periodKey({ params, without }));
    const found = beside && pathOfControl(beside.probes, valueOf);
    known.set(params, found);
    known.set(without, found);
  }
  return (params) => known.get(params);
}

function pathOfControl<P>(probes: readonly P[], valueOf: (probe: P) => number | undefined): Path | undefined {
  const values = probes.map(valueOf).filter((value) => value !== undefined);
  const found = path(values, { delayMs: 0, jitterMs: 0 });
  return (
    found && {
      ...found,
      beside: true,
      loss: clopperPearson(probes.length - values.length, probes.length, LOSS_FALSE_ALARM),
    }
  );
}

export const bothWays = ({ from, to }: LinkDirection): LinkDirection[] => [
  { from, to },
  { from: to, to: from },
];

export const direction = ({ request }: Pick<MeterSeries, "request">): LinkDirection => ({
  from: request.from.name,
  to: request.to.name,
});
