import type { LinkParams } from "../../harness/config/model.ts";
import { standardDeviates } from "../wan/impairment/jitter-shape.ts";
import { queueLimitBytes } from "../wan/impairment/parameters.ts";
import { PING_BYTES } from "./ping-output.ts";
import { median, robustSd } from "./statistics.ts";

/** What one direction, or two together, do to a probe. */
export interface Passage {
  /** Added to the median time, ms. */
  delayMs: number;
  /** Added spread, ms, as `robustSd` measures it. */
  jitterMs: number;
  /** Probability that nothing comes. */
  loss: number;
  /** By how much the variance of a count of losses exceeds the binomial one, as losses come in bursts. */
  lossInflation: number;
  /** Time that other traffic may make a packet wait before rate-limited links, ms. */
  queueMs: number;
}

/**
 * Share of the bits of an echo's answer that must be intact: type, identifier and number. Linux gives raw sockets a copy
 * before it looks at the checksum (net/ipv4/icmp.c, icmp_rcv), and fping does not look at it.
 */
const ANSWER_BITS = 40 / 512;

/** An echo and its answer. */
export function roundTrip(there: LinkParams, back: LinkParams): Passage {
  const both = [there, back];
  return {
    ...spread(both),
    delayMs: spread(both).delayMs + sum(both.map((params) => serialisationMs(params, PING_BYTES))),
    loss: failure(there, failure({ ...back, corrupt: ANSWER_BITS * (back.corrupt ?? 0) }, 0)),
    lossInflation: Math.max(...both.map(inflation)),
    queueMs: sum(both.map(queueMs)),
  };
}

export interface OneWay extends Passage {
  /** Probability that a datagram arrives twice. */
  duplicates: number;
  /** Probability that one which arrives took less than half the delay: it overtook those that did not. */
  early: number;
}

/** A datagram of `bytes` from the IP header on. */
export function oneWay(params: LinkParams, bytes: number): OneWay {
  const { duplicate = 0, corrupt = 0, delayMs = 0 } = params;
  const delays = delayGrid(params);
  return {
    ...spread([params]),
    delayMs: spread([params]).delayMs + serialisationMs(params, bytes),
    loss: failure(params, 0),
    lossInflation: inflation(params),
    queueMs: queueMs(params),
    duplicates: duplicate * (1 - lossShare(params)) * (1 - corrupt) ** 2,
    early: delayMs === 0 ? 0 : delays.filter((delay) => delay < delayMs / 2).length / delays.length,
  };
}

/** Longest time that a packet may take through a direction, ms: 6 sd of jitter, and a full queue. */
export const longestMs = (params: LinkParams): number =>
  (params.delayMs ?? 0) + 6 * (params.jitterMs ?? 0) + queueMs(params);

/** What all copies of a packet need for the wire, of the bytes given. */
const serialisationMs = ({ rateBps }: LinkParams, bytes: number): number =>
  rateBps ? (bytes * 8000) / rateBps : 0;

const queueMs = ({ rateBps }: LinkParams): number =>
  rateBps ? (queueLimitBytes(rateBps) * 8000) / rateBps : 0;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** sd of a normal delay below this share of it is never cut at 0, nor seen to be. */
const UNCUT = 1 / 3;

/** Median and robust sd of the sum of independent delays. */
function spread(directions: readonly LinkParams[]): Pick<Passage, "delayMs" | "jitterMs"> {
  const plain = directions.every(
    ({ delayMs = 0, jitterMs = 0, jitterShape = "normal", reorder = 0 }) =>
      reorder === 0 && (jitterMs === 0 || (jitterShape === "normal" && jitterMs <= UNCUT * delayMs)),
  );
  if (plain)
    return {
      delayMs: sum(directions.map(({ delayMs = 0 }) => delayMs)),
      jitterMs: Math.hypot(...directions.map(({ jitterMs = 0 }) => jitterMs)),
    };
  const key = JSON.stringify(directions);
  const known = spreads.get(key);
  if (known) return known;
  const sums = directions
    .map(delayGrid)
    .reduce((one, other) => one.flatMap((a) => other.map((b) => a + b)), [0]);
  const found = { delayMs: median(sums), jitterMs: robustSd(sums) };
  spreads.set(key, found);
  return found;
}

/** 200 x 200 sums are sorted for each kind of link; a run has few kinds. */
const spreads = new Map<string, Pick<Passage, "delayMs" | "jitterMs">>();
const GRID = 200;

/** Delays of equal probability, each cut at 0; a reordered packet has none. */
function delayGrid({ delayMs = 0, jitterMs = 0, jitterShape = "normal", reorder = 0 }: LinkParams): number[] {
  if (jitterMs === 0 && reorder === 0) return [delayMs];
  const skipped = Math.round(reorder * GRID);
  const rest = GRID - skipped;
  const delayed =
    jitterMs === 0
      ? Array.from({ length: rest }, () => delayMs)
      : standardDeviates(jitterShape, rest).map((deviate) => Math.max(0, delayMs + jitterMs * deviate));
  return [...Array.from({ length: skipped }, () => 0), ...delayed];
}

/** Stationary share of the bad state (Gilbert 1960, Elliott 1963), together with independent loss. */
function lossShare({ loss = 0, burst }: LinkParams): number {
  const bad = burst && burst.enter > 0 ? burst.enter / (burst.enter + burst.leave) : 0;
  return 1 - (1 - loss) * (1 - bad);
}

/**
 * Probability that no copy of a packet gets through a direction and what comes after it, which fails with
 * `downstream`. A corrupted ping fails its checksum; what is both lost and duplicated is sent once, as in netem.
 */
function failure(params: LinkParams, downstream: number): number {
  const { corrupt = 0, duplicate = 0 } = params;
  const lost = lossShare(params);
  const perCopy = corrupt + (1 - corrupt) * downstream;
  const none = lost * (1 - duplicate);
  const two = duplicate * (1 - lost);
  return none + (1 - none - two) * perCopy + two * perCopy ** 2;
}

/**
 * Variance of the share of time that a two-state Markov chain spends in a state, over that of independent draws:
 * (1+r)/(1-r) with r = 1-enter-leave, as if only probes moved the chain (other traffic lessens it).
 */
function inflation({ burst }: LinkParams): number {
  if (!burst || burst.enter === 0) return 1;
  const correlation = Math.max(0, 1 - burst.enter - burst.leave);
  return (1 + correlation) / (1 - correlation);
}
