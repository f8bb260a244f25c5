import type { LinkParams } from "../../harness/config/model.ts";
import { usageError } from "../../harness/errors.ts";
import { JITTER_SHAPES, UNIFORM_HALF_WIDTH } from "./impairment/jitter-shape.ts";
import type { DirectedLink } from "./wan-engine.ts";

/** Longest one-way delay, ms: four times that of a geostationary hop and back with queues to spare. */
const MAX_DELAY_MS = 10_000;
/** netem reckons the sd in 32-bit nanoseconds, which end at 2.147 s. */
const MAX_JITTER_MS = 2000;
/** Least and greatest length of an IPv4 packet that every link must carry (RFC 791), and that there can be. */
const MTU = { min: 68, max: 65_535 };
/** One full-size packet a second, bits per second. */
const MIN_RATE_BPS = 1500 * 8;
/** Above it a packet of any size leaves within a microsecond: no limit is meant. */
const MAX_RATE_BPS = 100e9;

/**
 * Refuses links that cannot be, with an `EdgeproofError` (usage), before anything is touched: unknown or equal ends, a
 * direction given twice, and magnitudes without meaning.
 */
export function validateLinks(links: readonly DirectedLink[], members: readonly string[]): void {
  const seen = new Set<string>();
  const known = new Set(members);
  for (const { from, to, params } of links) {
    const where = `link ${from} -> ${to}`;
    const refuse = refuser(where);
    for (const end of [from, to]) {
      if (!known.has(end)) refuse(`"${end}" is no machine of the WAN`, `one of ${members.join(", ")}`);
    }
    if (from === to) refuse("a link leads from one machine to another", "two different machines");
    if (seen.has(where)) refuse("the direction is given twice", "each direction once");
    seen.add(where);
    validateParams(params, where);
  }
}

type Refuse = (what: string, expected: string) => never;

const refuser =
  (where: string): Refuse =>
  (what, expected) => {
    throw usageError("wan-link-invalid", what, {
      where,
      expected,
      fix: "Correct the network profile, the topology's links or the fault's parameters.",
    });
  };

/** The same for the parameters of one direction; `where` names it. */
export function validateParams(params: LinkParams, where: string): void {
  const refuse = refuser(where);
  const within = (name: string, value: number | undefined, low: number, high: number): void => {
    if (value === undefined) return;
    if (typeof value !== "number" || !(value >= low && value <= high)) {
      refuse(`${name} is ${value}`, `a number from ${low} to ${high}`);
    }
  };
  const { delayMs = 0, jitterMs = 0, burst } = params;
  within("delayMs", params.delayMs, 0, MAX_DELAY_MS);
  within("jitterMs", params.jitterMs, 0, MAX_JITTER_MS);
  for (const name of ["loss", "duplicate", "reorder", "corrupt"] as const) within(name, params[name], 0, 1);
  within("burst.enter", burst?.enter, 0, 1);
  within("burst.leave", burst?.leave, 0, 1);
  if (params.rateBps !== undefined && params.rateBps !== 0) {
    within("rateBps", params.rateBps, MIN_RATE_BPS, MAX_RATE_BPS);
  }
  const { jitterShape = "normal", mtuBytes } = params;
  if (!JITTER_SHAPES.includes(jitterShape)) {
    refuse(`jitterShape is ${jitterShape as string}`, `one of ${JITTER_SHAPES.join(", ")}`);
  }
  within("mtuBytes", mtuBytes, MTU.min, MTU.max);
  if (mtuBytes !== undefined && !Number.isInteger(mtuBytes)) refuse(`mtuBytes is ${mtuBytes}`, "whole bytes");
  if (jitterMs > 0 && delayMs === 0) refuse(`jitterMs is ${jitterMs} without a delay`, "delayMs above 0");
  if (jitterMs > delayMs) {
    refuse(`jitterMs ${jitterMs} is above delayMs ${delayMs}`, "a sd up to the delay, as no packet is early");
  }
  if (jitterShape === "uniform" && jitterMs * UNIFORM_HALF_WIDTH > delayMs * (1 + 1e-9)) {
    refuse(
      `a uniform delay of sd ${jitterMs} ms around ${delayMs} ms would begin below 0`,
      `jitterMs up to delayMs / sqrt(3), here ${Number((delayMs / UNIFORM_HALF_WIDTH).toPrecision(4))}`,
    );
  }
  if ((params.reorder ?? 0) > 0 && delayMs === 0) {
    refuse("reorder without a delay", "delayMs above 0: a reordered packet is one that skips the delay");
  }
  if (burst && burst.enter > 0 && burst.leave === 0) {
    refuse("burst.leave is 0", "a probability above 0; use loss 1 for a partition");
  }
}
