import type { PairReach } from "../record/model.ts";
import type { NodeHandle } from "../rig/node-handle.ts";

const PINGS = 5;
/** Shorter ones are for root alone (ping(8)). */
const INTERVAL_SECONDS = 0.2;
const ANSWER_SECONDS = 1;
const DEADLINE_MS = 15_000;

/** What the output of `ping` says: round trips in ms, of those that were answered. */
function roundTrips(output: string): number[] {
  return [...output.matchAll(/^\d+ bytes from .*time=([\d.]+) ms/gm)].map((match) => Number(match[1]));
}

/** The middle one, or the mean of the two in the middle. */
const medianOf = (ascending: readonly number[]): number => {
  const middle = Math.floor(ascending.length / 2);
  return ascending.length % 2 === 1 ? ascending[middle]! : (ascending[middle - 1]! + ascending[middle]!) / 2;
};

export function pairReach(from: string, to: string, output: string): PairReach {
  const trips = roundTrips(output).toSorted((a, b) => a - b);
  const common = { from, to, sent: PINGS, received: trips.length };
  if (trips.length === 0) return common;
  return { ...common, medianMs: medianOf(trips), minMs: trips[0]!, maxMs: trips.at(-1)! };
}

async function pingPair(from: NodeHandle, to: NodeHandle): Promise<PairReach> {
  const argv = [
    "ping",
    "-n",
    "-c",
    String(PINGS),
    "-i",
    String(INTERVAL_SECONDS),
    "-W",
    String(ANSWER_SECONDS),
  ];
  // A machine that is down answers nothing, and says nothing either: that is a result.
  const { stdout } = await from
    .exec([...argv, to.overlay ?? ""], { allowFailure: true, timeoutMs: DEADLINE_MS })
    .catch(() => ({ stdout: "" }));
  return pairReach(from.name, to.name, stdout);
}

/** Pings every ordered pair of machines over the overlay, all at once: about a second and a half. */
export async function measureReachability(machines: readonly NodeHandle[]): Promise<PairReach[]> {
  const pairs = machines.flatMap((from) =>
    machines.filter((to) => to !== from).map((to) => [from, to] as const),
  );
  return await Promise.all(pairs.map(([from, to]) => pingPair(from, to)));
}
