import type { LinkParams } from "../../harness/config/model.ts";
import type { NodeHandle } from "../../harness/rig/node-handle.ts";
import { thinPairs } from "../../harness/statistics/pair-plan.ts";
import type { DirectedLink, LinkDirection } from "../wan/wan-engine.ts";
import { UDP_OVERHEAD } from "./link-meter-protocol.ts";
import type { MeterRequest } from "./link-meter.ts";
import type { ProbePair } from "./link-probe-session.ts";
import { PING_BYTES } from "./ping-output.ts";
import { longestMs } from "./round-trip.ts";

/** Payload of the numbered datagrams that measure a direction, bytes. */
export const METER_BYTES = 100;
/** Longest payload that a full-size packet carries. */
const FULL_PAYLOAD = 1500 - UDP_OVERHEAD;
/** Datagrams of every size go out at this interval, ms. */
const SIZES_INTERVAL_MS = 20;
/** What probes may take of a rate-limited link. */
const PROBE_SHARE = 0.2;
const LEAST_INTERVAL_MS = 10;
/** What the probes of one fault send in all, packets/ms: more would load small machines, and so be measured. */
const MOST_PACKETS = 1;
/** Least time for a lost answer, ms, besides the round trip asked for: a busy host's worst stall. */
const GRACE_MS = 500;

/** Each pair of machines that a link concerns, once. */
export function probePairs(links: readonly LinkDirection[], nodes: readonly NodeHandle[]): ProbePair[] {
  const concerned = new Set(links.flatMap(({ from, to }) => [`${from}\0${to}`, `${to}\0${from}`]));
  const pairs = nodes.flatMap((from, i) => nodes.slice(i + 1).map((to) => ({ from, to })));
  return pairs.filter(({ from, to }) => concerned.has(`${from.name}\0${to.name}`));
}

/** A sample of the pairs where they are many, and which share of them that is; the text is empty where it is all. */
export function probedPairs(pairs: readonly ProbePair[]): { pairs: ProbePair[]; text: string } {
  const plan = thinPairs(
    pairs.map(({ from, to }) => [from, to] as const),
    { seed: 1 },
  );
  return { pairs: plan.pairs.map(([from, to]) => ({ from, to })), text: plan.text };
}

/** Both directions of every pair. */
export const directionsOf = (pairs: readonly ProbePair[]): ProbePair[] =>
  pairs.flatMap(({ from, to }) => [
    { from, to },
    { from: to, to: from },
  ]);

export const named = ({ from, to }: ProbePair): LinkDirection => ({ from: from.name, to: to.name });

/**
 * How often each of `ways` is probed, ms, so that ping and meter together take a fifth of the slowest link, and all of
 * them together no more than machines can take.
 */
export function probeIntervalMs(
  params: readonly LinkParams[],
  ways: number,
  asked = LEAST_INTERVAL_MS,
  share = 1,
): number {
  const slowest = Math.min(...params.map(({ rateBps }) => rateBps || Infinity));
  return Math.max(
    asked,
    ...(share < 1 ? [LEAST_INTERVAL_MS / share] : []),
    Math.ceil(ways / MOST_PACKETS),
    Math.ceil(((PING_BYTES + METER_BYTES + UDP_OVERHEAD) * 8000) / (PROBE_SHARE * slowest)),
  );
}

/** Time until a probe counts as lost, ms: the longest round trip of what may be in force, and a stalled host. */
export function probeGraceMs(params: readonly LinkParams[]): number {
  return GRACE_MS + 2 * Math.max(0, ...params.map(longestMs));
}

/** Payload sizes just below and above the limits of a layer, and that of a full packet. */
export function probedSizes(links: readonly DirectedLink[]): number[] {
  const limits = links.flatMap(({ params }) => (params.mtuBytes === undefined ? [] : [params.mtuBytes]));
  if (limits.length === 0) return [];
  const around = limits.flatMap((limit) => [limit - UDP_OVERHEAD, limit - UDP_OVERHEAD + 1]);
  return [...new Set([...around, FULL_PAYLOAD])].filter((size) => size <= FULL_PAYLOAD);
}

/** Flows for every direction: the steady one, its control if there may be some, and one of all sizes if there are any. */
export function meterRequests(
  directions: readonly ProbePair[],
  intervalMs: number,
  sizes: readonly number[],
  { durationMs, control = false }: { durationMs?: number; control?: boolean } = {},
): MeterRequest[] {
  const limit = durationMs === undefined ? {} : { durationMs };
  return directions.flatMap((direction) => [
    { ...direction, intervalMs, bytes: [METER_BYTES], ...limit },
    ...(control ? [{ ...direction, intervalMs, bytes: [METER_BYTES], control, ...limit }] : []),
    ...(sizes.length > 0
      ? [{ ...direction, intervalMs: SIZES_INTERVAL_MS, bytes: [...sizes], ...limit }]
      : []),
  ]);
}
