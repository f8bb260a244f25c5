import { messageOf } from "../../errors.ts";
import type { PairFigures, PathFigures } from "../../characterize/model.ts";
import { type Pair, measuredRounds } from "../../characterize/pairs.ts";
import { bandwidthOf, overlayCost, pingFigures, type Ping } from "../../characterize/path-figures.ts";
import type { TimePlan } from "../../characterize/time-plan.ts";
import { OVERLAY_MTU } from "../../rig/addresses.ts";
import type { NodeHandle } from "../../rig/node-handle.ts";
import { serveEcho, transfers } from "./probe-bandwidth.ts";
import { largestPacket, pings } from "./probe-pings.ts";

const UNDERLAY_MTU = 1500;

type PathName = "underlay" | "overlay";
const PATHS: readonly PathName[] = ["underlay", "overlay"];

interface Direction {
  from: NodeHandle;
  to: NodeHandle;
  figures: Record<PathName, PathFigures>;
  pings: Partial<Record<PathName, Ping[]>>;
  notes: string[];
}

export interface NetworkOptions {
  plan: Pick<TimePlan, "pings" | "pingIntervalMs" | "transfersMs">;
  /** One transfer at a time, as the nodes share one host. */
  oneByOne: boolean;
  signal: AbortSignal;
  say: (message: string) => void;
}

const addressOf = (node: NodeHandle, path: PathName): string =>
  path === "underlay" ? node.underlay : (node.overlay ?? "");

/**
 * Every ordered pair (of many nodes a sample of pairs), on the underlay and on the overlay. What fails for one pair is noted
 * there and stops no other.
 */
export async function measureNetwork(
  nodes: readonly NodeHandle[],
  options: NetworkOptions,
): Promise<PairFigures[]> {
  const { plan, signal, say } = options;
  const measured = measuredRounds(nodes);
  if (measured.text !== "") say(measured.text);
  const rounds = measured.rounds.map((round) => round.map(bothWays));
  const all = rounds.flat(2);
  if (all.length === 0) return [];
  // First, as it brings up every tunnel before anything is timed.
  await each(all, PATHS, signal, "largest packet", async (one, path) => {
    const guess = path === "overlay" ? OVERLAY_MTU : UNDERLAY_MTU;
    const found = await largestPacket(one.from, addressOf(one.to, path), guess);
    if (found === undefined) one.notes.push(`${path}: no packet passed`);
    else one.figures[path].largestPacket = found;
  });
  say(`found the largest packet of ${all.length} directions`);
  for (const round of rounds)
    await each(round.flat(), PATHS, signal, "pings", async (one, path) => {
      const found = await pings(one.from, one.to, addressOf(one.to, path), plan);
      one.pings[path] = found;
      Object.assign(one.figures[path], pingFigures(found));
    });
  say(`pinged ${all.length} directions, underlay and overlay together`);
  await measureBandwidth(nodes, rounds, options);
  return all
    .map(({ from, to, figures, pings: sent, notes }): PairFigures => {
      const cost = overlayCost(sent.underlay ?? [], sent.overlay ?? []);
      return {
        ...{ from: from.name, to: to.name, ...figures },
        ...(cost ? { overlayCostMs: cost } : {}),
        notes,
      };
    })
    .toSorted((a, b) => order(nodes, a) - order(nodes, b));
}

const order = (nodes: readonly NodeHandle[], { from, to }: PairFigures): number => {
  const at = (name: string): number => nodes.findIndex((node) => node.name === name);
  return at(from) * nodes.length + at(to);
};

const bothWays = ([one, other]: Pair<NodeHandle>): Direction[] =>
  [
    [one, other],
    [other, one],
  ].map(([from, to]) => ({
    ...{ from: from!, to: to!, pings: {}, notes: [] },
    figures: { underlay: {}, overlay: {} },
  }));

/** Runs for all at once; an error is noted at its direction. */
async function each(
  directions: readonly Direction[],
  paths: readonly PathName[],
  signal: AbortSignal,
  what: string,
  run: (one: Direction, path: PathName) => Promise<void>,
): Promise<void> {
  await Promise.all(
    directions.flatMap((one) =>
      paths.map((path) =>
        run(one, path).catch((error: unknown) => {
          one.notes.push(`${path}, ${what}: ${messageOf(error)}`);
        }),
      ),
    ),
  );
  signal.throwIfAborted();
}

async function measureBandwidth(
  nodes: readonly NodeHandle[],
  rounds: readonly Direction[][][],
  { plan, oneByOne, signal, say }: NetworkOptions,
): Promise<void> {
  const stop = new AbortController();
  const stopping = AbortSignal.any([signal, stop.signal]);
  const echoes = await Promise.all(
    nodes.map(async (node) => [node.name, await serveEcho(node, stopping)] as const),
  ).catch((error: unknown) => {
    stop.abort();
    throw error;
  });
  const ports = new Map(echoes.map(([name, { port }]) => [name, port]));
  const turns = rounds.flatMap((round) => (oneByOne ? round.flat().map((one) => [[one]]) : [round]));
  const sliceMs = plan.transfersMs / turns.reduce((sum, turn) => sum + turn[0]!.length * PATHS.length, 0);
  const deadline = performance.now() + plan.transfersMs * 1.1;
  const run = async (one: Direction, path: PathName): Promise<void> => {
    if (performance.now() > deadline) {
      one.notes.push(`${path}: no bandwidth, as the time was up`);
      return;
    }
    const url = `http://${addressOf(one.from, path)}:${ports.get(one.from.name)}/`;
    const found = bandwidthOf(await transfers(one.to, url, sliceMs, signal));
    if (found) one.figures[path].bandwidthBps = found;
  };
  try {
    for (const turn of turns)
      await Promise.all(
        turn.map(async (pair) => {
          for (const one of pair)
            for (const path of PATHS) await each([one], [path], signal, "transfer", run);
        }),
      );
    say(`transferred between ${nodes.length} nodes, underlay and overlay`);
  } finally {
    stop.abort();
    await Promise.allSettled(echoes.map(([, { ended }]) => ended));
  }
}
