import { rigError } from "../../errors.ts";
import { planPairs } from "../../statistics/pair-plan.ts";
import type { NodeHandle } from "../node-handle.ts";

const DEADLINE_SECONDS = 20;

export interface OverlayPair {
  from: string;
  to: string;
  /** Round trip over the overlay, milliseconds, of the first answered packet. */
  rttMs: number;
}

async function reach(from: NodeHandle, to: NodeHandle): Promise<OverlayPair | undefined> {
  // With a deadline, `-c 1` sends until one answer came; the first packets may be lost to the tunnel's handshake.
  const argv = ["ping", "-n", "-c", "1", "-i", "0.2", "-w", String(DEADLINE_SECONDS), to.overlay ?? ""];
  const { stdout } = await from.exec(argv, { allowFailure: true, timeoutMs: (DEADLINE_SECONDS + 5) * 1000 });
  const rtt = /time=([\d.]+) ms/.exec(stdout)?.[1];
  return rtt === undefined ? undefined : { from: from.name, to: to.name, rttMs: Number(rtt) };
}

/** Server, lighthouse and tester: everybody speaks with them. */
const isHub = ({ role }: NodeHandle): boolean => role !== "agent";

/**
 * Proves the overlay by traffic between pairs of machines, both ways; throws with the pairs that do not answer. Every pair,
 * or of many machines a sample (see `planPairs`), which `onSample` is told of.
 */
export async function proveOverlay(
  nodes: readonly NodeHandle[],
  onSample: (text: string) => void = () => undefined,
): Promise<OverlayPair[]> {
  const plan = planPairs(nodes, { seed: 1, hubs: nodes.filter(isHub) });
  if (plan.text !== "") onSample(`overlay proof: ${plan.text}`);
  const pairs = plan.pairs.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]);
  const proved = await Promise.all(pairs.map(([from, to]) => reach(from, to)));
  const silent = pairs.filter((_, index) => proved[index] === undefined);
  if (silent.length > 0)
    throw rigError(
      "OVERLAY_UNPROVED",
      `${silent.length} of ${pairs.length} pairs do not answer over the overlay`,
      {
        where: silent.map(([from, to]) => `${from.name} -> ${to.name}`).join(", "),
        expected: `an answer to ping within ${DEADLINE_SECONDS} s`,
        fix: "see logs/NODE/nebula.log in the run folder",
      },
    );
  return proved.filter((pair) => pair !== undefined);
}
