import type { LinkParams } from "../../harness/config/model.ts";
import { QUEUE_MS } from "../wan/impairment/parameters.ts";
import { PING_BYTES } from "./ping-output.ts";

/** What two directions together do to an echo and its answer. */
export interface RoundTrip {
  /** Added to the median round trip, ms. */
  delayMs: number;
  /** Standard deviation added, ms: the directions are independent, so squares add up. */
  jitterMs: number;
  /** Probability that no answer comes. */
  loss: number;
  /** By how much the variance of a count of losses exceeds the binomial one, as losses come in bursts. */
  lossInflation: number;
  /** Time that other traffic may make a packet wait before rate-limited links, ms. */
  queueMs: number;
}

export function roundTrip(there: LinkParams, back: LinkParams): RoundTrip {
  const both = [there, back];
  return {
    delayMs: sum(both.map((params) => (params.delayMs ?? 0) + serialisationMs(params))),
    jitterMs: Math.hypot(...both.map(({ jitterMs = 0 }) => jitterMs)),
    loss: failure(there, failure(back, 0)),
    lossInflation: Math.max(...both.map(inflation)),
    queueMs: sum(both.map(({ rateBps }) => (rateBps ? QUEUE_MS : 0))),
  };
}

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);

const serialisationMs = ({ rateBps }: LinkParams): number => (rateBps ? (PING_BYTES * 8000) / rateBps : 0);

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
