import { usageError } from "../errors.ts";
import { measuredCounts } from "./pairs.ts";

/** How the time is divided. Durations in ms. */
export interface TimePlan {
  /** Stretches of each kernel, and the length of one: a whole period of the kernel's CPU quota (CFS, 100 ms). */
  stretches: number;
  stretchMs: number;
  sustainedMs: number;
  fsyncMs: number;
  /** Pings of one pair, one path and direction. */
  pings: number;
  pingIntervalMs: number;
  /** For all transfers together. */
  transfersMs: number;
  /** What all of it should take. */
  totalMs: number;
}

const DEFAULT_BUDGET_MS = 56_000;

const STRETCH_MS = 100;
/** Kernels on one core and on all. */
const SERIES = 6;
/** Fewest values for a 95 % interval of a median (minimumSamples(0.5)). */
const LEAST_STRETCHES = 6;
const MOST_STRETCHES = 30;
const SUSTAINED_MS = 2600;
const FSYNC_MS = 300;
/** Starting the program, warming up, allocating. */
const START_MS = 600;
const COPY_MS = 1500;
const PINGS = 40;
const PING_INTERVAL_MS = 10;
/** Until a missing answer is lost, and starting fping. */
const ROUND_EXTRA_MS = 700;
const LARGEST_PACKET_MS = 2500;
/** One transfer, with starting its program. */
const LEAST_TRANSFER_MS = 200;
/** Longer would narrow nothing that matters. */
const MOST_PATH_MS = 7_000;

/**
 * Divides the budget: first what every figure needs at least, then half of the rest to the kernels and half to transfers.
 *
 * @param budgetMs undefined: the default, or what so many nodes need if that is more
 * @throws EdgeproofError (usage) where a budget that was asked for is too small
 */
export function timePlan(nodes: number, oneByOne: boolean, budgetMs: number | undefined): TimePlan {
  const turns = oneByOne ? nodes : 1;
  const { pairs, rounds } = measuredCounts(nodes);
  // Both ways, on underlay and overlay.
  const paths = pairs * 4;
  const kernelsMs = (stretches: number): number =>
    START_MS + SERIES * stretches * STRETCH_MS + SUSTAINED_MS + FSYNC_MS;
  const pingsMs = rounds * (PINGS * PING_INTERVAL_MS + ROUND_EXTRA_MS) + (rounds > 0 ? LARGEST_PACKET_MS : 0);
  const least = COPY_MS + turns * kernelsMs(LEAST_STRETCHES) + pingsMs + paths * LEAST_TRANSFER_MS;
  if (budgetMs !== undefined && budgetMs < least)
    throw usageError("characterize-budget", `${budgetMs / 1000} s are too short`, {
      where: "--budget",
      expected: `at least ${Math.ceil(least / 1000)} s for ${nodes} nodes ${oneByOne ? "one after the other" : "at once"}`,
      fix: "give more time, or leave --budget out",
    });
  const totalMs = budgetMs ?? Math.max(DEFAULT_BUDGET_MS, least);
  const spare = totalMs - least;
  const more = Math.floor((paths === 0 ? spare : spare / 2) / turns / SERIES / STRETCH_MS);
  const stretches = Math.min(MOST_STRETCHES, LEAST_STRETCHES + more);
  const unused = spare - turns * (stretches - LEAST_STRETCHES) * SERIES * STRETCH_MS;
  const transfersMs = Math.min(paths * LEAST_TRANSFER_MS + unused, paths * MOST_PATH_MS);
  return {
    ...{ stretches, stretchMs: STRETCH_MS, sustainedMs: SUSTAINED_MS, fsyncMs: FSYNC_MS },
    ...{ pings: PINGS, pingIntervalMs: PING_INTERVAL_MS, transfersMs, totalMs },
  };
}
