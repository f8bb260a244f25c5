import type { LinkParams } from "../../harness/config/model.ts";
import type { ReceiptCheck } from "../../harness/record/model.ts";
import type { LinkMoment, Span } from "../wan/link-history.ts";
import type { LinkDirection } from "../wan/wan-engine.ts";
import { countUnits, judgeSegments, type SeriesJudgement } from "./judge-segments.ts";
import { checkLargestPacket } from "./largest-packet.ts";
import type { Expectation, ProbeSample } from "./link-checks.ts";
import { UDP_OVERHEAD } from "./link-meter-protocol.ts";
import type { Datagram, MeterSeries } from "./link-meter.ts";
import { METER_BYTES } from "./link-plan.ts";
import { bothWays, direction, LOSSLESS, pathsBeside, type Path, type Paths } from "./link-paths.ts";
import { segmentProbes, type Segments } from "./link-segments.ts";
import { haveOwnClocks } from "./node-clock.ts";
import type { ProbeSeries } from "./ping-output.ts";
import { oneWay, roundTrip, type Passage } from "./round-trip.ts";
import { sidak } from "./statistics.ts";

export interface LinkReadings {
  /** Pings of each pair. */
  pings: readonly ProbeSeries[];
  /** Datagrams of each direction. */
  flows: readonly MeterSeries[];
  /** Control probes of the same pairs and directions at the same moments; undefined where none can pass. */
  control?: { pings: readonly ProbeSeries[]; flows: readonly MeterSeries[] } | undefined;
}

export interface LinkJudging {
  when: "before" | "during" | "after";
  readings: LinkReadings;
  paths: Paths;
  history: readonly LinkMoment[];
  layer: string | undefined;
  disturbances: (directions: readonly LinkDirection[]) => readonly Span[];
  /** Payloads of the flows of several sizes; empty if there are none. */
  sizes: readonly number[];
}

export interface JudgedLinks {
  checks: ReceiptCheck[];
  /** Whether anything shows that the layer was in force. */
  told: boolean;
  /** Where the layer should make a difference and none was seen. */
  untold: string[];
}

/** Probability that one of the three parts of a receipt of a fault that held says it did not. */
const FAMILY_FALSE_ALARM = 0.001 / 3;
const CHECKS = { pair: 3, direction: 5 };
/** Fewest settled probes that prove anything. */
const MIN_PROBES = { before: 30, during: 100, after: 30 };
/** How much longer than asked a way may be without the fault, ms: the path itself and a busy host. */
const PATH_ALLOWANCE_MS = 2;
/**
 * By how much two machines' monotonic clocks may run apart: twice what an uncorrected crystal of a small board is off.
 * It only loosens latencies of one direction; round trips are measured on one clock.
 */
const DRIFT = 50e-6;

/**
 * Judges the probes of one part of a link receipt, a pure function. What each probe should show follows from the layers
 * that were in force when it passed. The levels are Sidak corrected over all checks of the part.
 */
export function judgeLinks(judging: LinkJudging): JudgedLinks {
  const pairs = judging.readings.pings.map((series) => ({
    series,
    segments: segment(judging, series.probes.map(asSample), bothWays(series)),
  }));
  const flows = judging.readings.flows.map((series, index) => ({
    series,
    index,
    segments: segment(judging, series.datagrams, [direction(series)]),
  }));
  const steady = flows.filter(({ series }) => series.request.bytes.length === 1);
  const units =
    pairs.reduce((total, { segments }) => total + CHECKS.pair * countUnits(segments), 0) +
    steady.reduce((total, { segments }) => total + CHECKS.direction * segments.segments.length + 10, 0);
  const alpha = sidak(FAMILY_FALSE_ALARM, Math.max(1, units));
  const minimum = MIN_PROBES[judging.when];
  const result: JudgedLinks = { checks: [], told: false, untold: [] };
  const bySubject = new Map<string, SeriesJudgement>();
  for (const [index, { series, segments }] of pairs.entries()) {
    const subject = `${series.from} <-> ${series.to}`;
    const beside = besidePair(judging, index, segments);
    const expect = pairExpectation(judging, (params) => beside(params) ?? judging.paths.pairs[index]);
    const judged = judgeSegments(segments, { subject, quantity: "rtt-ms", expect, minimum }, alpha);
    result.checks.push(...judged.checks);
    if (steady.length === 0) bySubject.set(subject, judged);
  }
  for (const { series, segments, index } of steady) {
    const subject = arrow(series);
    const beside = besideDirection(judging, series, segments);
    const pathOf = (params: readonly LinkParams[]): Path | undefined =>
      beside(params) ?? judging.paths.directions[index];
    const samples = asTransits(segments, pathOf);
    const expect = directionExpectation(judging, pathOf, (path) => driftMs(series, path));
    const judged = judgeSegments(samples, { subject, quantity: "latency-ms", expect, minimum }, alpha);
    result.checks.push(...judged.checks);
    bySubject.set(subject, judged);
  }
  for (const { series, segments } of flows.filter(({ series }) => series.request.bytes.length > 1)) {
    const { checks, told } = checkLargestPacket(arrow(series), segments, judging.sizes);
    result.checks.push(...checks);
    const judged = bySubject.get(arrow(series));
    if (judged && told) judged.told = true;
  }
  for (const [subject, { told, differs }] of bySubject) {
    if (told) result.told = true;
    else if (differs) result.untold.push(subject);
  }
  if (result.untold.length === 0) result.told = true;
  return result;
}

const arrow = ({ request }: MeterSeries): string => `${request.from.name} -> ${request.to.name}`;

const segment = <P extends { sentAt: number }>(
  { history, layer, disturbances }: LinkJudging,
  probes: readonly P[],
  directions: LinkDirection[],
): Segments<P> => segmentProbes(probes, { history, directions, layer, disturbed: disturbances(directions) });

const asSample = ({ sentAt, rttMs }: { sentAt: number; rttMs: number | undefined }): ProbeSample => ({
  sentAt,
  valueMs: rttMs,
  copies: rttMs === undefined ? 0 : 1,
});

const besidePair = (judging: LinkJudging, index: number, { segments }: Segments<unknown>) => {
  const control = judging.readings.control?.pings[index];
  const probes = segment(judging, control?.probes ?? [], control ? bothWays(control) : []);
  return pathsBeside(segments, probes, ({ rttMs }) => rttMs);
};

const besideDirection = (judging: LinkJudging, flow: MeterSeries, { segments }: Segments<unknown>) => {
  const found = judging.readings.control?.flows.find((one) => arrow(one) === arrow(flow));
  const probes = segment(judging, found?.datagrams ?? [], [direction(flow)]);
  return pathsBeside(segments, probes, ({ transitsMs: [first] }) => first);
};

type PathOf = (params: readonly LinkParams[]) => Path | undefined;

/** Transits without what the path takes by itself. */
const asTransits = ({ segments, left }: Segments<Datagram>, pathOf: PathOf): Segments<ProbeSample> => ({
  left,
  segments: segments.map((one) => {
    const pathMs = pathOf(one.params)?.delayMs ?? 0;
    return {
      ...one,
      probes: one.probes.map(({ sentAt, transitsMs }) => ({
        sentAt,
        valueMs: transitsMs.length === 0 ? undefined : Math.min(...transitsMs) - pathMs,
        copies: transitsMs.length,
      })),
    };
  }),
});

/**
 * A round trip is compared with what the control probes took; without those, before with what was asked then and an
 * allowance for the path, and later with the path as it was found to be then.
 */
function pairExpectation({ when }: LinkJudging, pathOf: PathOf): (params: LinkParams[]) => Expectation {
  return (params) => {
    const [there = {}, back = {}] = params;
    const path = pathOf(params);
    const known = when === "before" && !path?.beside ? undefined : path;
    const trip = roundTrip(there, back);
    return {
      ...common(trip, known, [there, back]),
      delayMs: trip.delayMs + (known ? known.delayMs : PATH_ALLOWANCE_MS / 2),
      slackMs: trip.queueMs + (known ? known.slackMs : PATH_ALLOWANCE_MS),
      duplicates: undefined,
      early: undefined,
    };
  };
}

/** What the clocks of both ends may have drifted apart since the way was measured, ms; 0 where they are one. */
function driftMs({ request, datagrams }: MeterSeries, path: Path | undefined): number {
  const last = datagrams.at(-1);
  if (!path || path.beside || !last || !haveOwnClocks(request.from, request.to)) return 0;
  return DRIFT * Math.max(0, last.sentAt - path.since);
}

/** Transits are told apart by what they took before, as clocks differ: there is nothing to compare those of before with. */
function directionExpectation(
  { when }: LinkJudging,
  pathOf: PathOf,
  drift: (path: Path | undefined) => number,
): (params: LinkParams[]) => Expectation {
  return (list) => {
    const path = pathOf(list);
    const [params = {}] = list;
    const passage = oneWay(params, METER_BYTES + UDP_OVERHEAD);
    const { delayMs = 0, reorder = 0 } = params;
    return {
      ...common(passage, path, [params]),
      delayMs: path && (when !== "before" || path.beside) ? passage.delayMs : undefined,
      // What stamps datagrams is a program that waits for its turn: a busy host shows in its spread.
      slackMs: passage.queueMs + (path ? path.slackMs + (path.beside ? 0 : path.sdMs) : 0) + drift(path),
      duplicates: passage.duplicates,
      early:
        path && when === "during" && reorder > 0
          ? { beforeMs: delayMs / 2, share: passage.early }
          : undefined,
    };
  };
}

/**
 * Jitter is judged where some is asked. A busy host adds to it and never takes away; what it added before is known too
 * badly, where jitter was in force then, to be expected again.
 */
function common(
  passage: Passage,
  path: Path | undefined,
  params: readonly LinkParams[],
): Omit<Expectation, "delayMs" | "slackMs" | "duplicates" | "early"> {
  const asked = params.some(({ jitterMs = 0 }) => jitterMs > 0);
  return {
    jitterMs: asked ? passage.jitterMs : undefined,
    jitterSlackMs: passage.queueMs + Math.hypot(path?.sdMs ?? 0, passage.jitterMs) - passage.jitterMs,
    loss: passage.loss,
    pathLoss: path?.loss ?? LOSSLESS,
    lossInflation: passage.lossInflation,
    mayLoseMore: passage.queueMs > 0,
  };
}
