import { proportionInterval } from "../judge/proportion.ts";
import { medianEstimate } from "./estimate.ts";
import type { Estimate, PathFigures } from "./model.ts";

/** A ping: its number, and its round trip, ms, if an answer came. */
export interface Ping {
  sequence: number;
  rttMs: number | undefined;
}

const answered = (pings: readonly Ping[]): { sequence: number; rttMs: number }[] =>
  pings.flatMap(({ sequence, rttMs }) => (rttMs === undefined ? [] : [{ sequence, rttMs }]));

/**
 * Round trip, jitter and loss. Jitter is the median absolute difference of round trips of pings that follow each other
 * (RFC 3393's IPDV with consecutive packets, of round trips); neighbouring differences share a ping, so that its interval
 * is somewhat too narrow.
 */
export function pingFigures(pings: readonly Ping[]): Pick<PathFigures, "rttMs" | "jitterMs" | "loss"> {
  const got = answered(pings);
  const differences = got.flatMap(({ sequence, rttMs }, index) => {
    const before = got[index - 1];
    return before?.sequence === sequence - 1 ? [Math.abs(rttMs - before.rttMs)] : [];
  });
  const rttMs = medianEstimate(got.map((one) => one.rttMs));
  const jitterMs = medianEstimate(differences);
  const lost = pings.length - got.length;
  const loss: Estimate | undefined =
    pings.length === 0
      ? undefined
      : { value: lost / pings.length, n: pings.length, ...proportionInterval(lost, pings.length) };
  return { ...(rttMs && { rttMs }), ...(jitterMs && { jitterMs }), ...(loss && { loss }) };
}

/** What the overlay adds to a round trip, ms: median of the differences of pings with the same number. */
export function overlayCost(underlay: readonly Ping[], overlay: readonly Ping[]): Estimate | undefined {
  const below = new Map(answered(underlay).map(({ sequence, rttMs }) => [sequence, rttMs]));
  return medianEstimate(
    answered(overlay).flatMap(({ sequence, rttMs }) => {
      const other = below.get(sequence);
      return other === undefined ? [] : [rttMs - other];
    }),
  );
}

/** Median goodput, bits/s, of transfers of so many bytes that took so long. */
export const bandwidthOf = (transfers: readonly { bytes: number; ms: number }[]): Estimate | undefined =>
  medianEstimate(transfers.filter(({ ms }) => ms > 0).map(({ bytes, ms }) => (bytes * 8000) / ms));

/**
 * The largest size from `low` to `high` that passes, by halving. The guess is tried first, with the next size above: where
 * it is right, that is all. Undefined where not even `low` passes.
 */
export async function largestPassing(
  { low, high, guess }: { low: number; high: number; guess: number },
  passes: (size: number) => Promise<boolean>,
): Promise<number | undefined> {
  let below = low - 1;
  let above = high + 1;
  const tried = async (size: number): Promise<void> => {
    if (size <= below || size >= above) return;
    if (await passes(size)) below = size;
    else above = size;
  };
  await tried(guess);
  if (below === guess) await tried(guess + 1);
  while (above - below > 1) await tried(Math.floor((below + above) / 2));
  return below < low ? undefined : below;
}
