import { usageError } from "../errors.ts";
import type { GuardRails, ResolvedTarget } from "./model.ts";
import type { LinkDirection } from "../../chaos/wan/wan-engine.ts";

/** A stretch of time and the cluster's nodes that are broken in it. */
export interface Blast {
  name: string;
  startMs: number;
  endMs: number;
  nodes: readonly string[];
}

/**
 * The fewest machines that between them have an end of every broken link, greedily: that of most links first, a server
 * last. One node cut off from all others is one broken node, whatever number of links that takes.
 */
export function brokenEnds(directions: readonly LinkDirection[], servers: readonly string[]): string[] {
  let left = [...directions];
  const ends: string[] = [];
  while (left.length > 0) {
    const counts = new Map<string, number>();
    for (const { from, to } of left)
      for (const end of [from, to]) counts.set(end, (counts.get(end) ?? 0) + 1);
    const [most] = [...counts].sort(
      ([a, times], [b, others]) =>
        others - times || Number(servers.includes(a)) - Number(servers.includes(b)),
    );
    const [end = ""] = most ?? [];
    ends.push(end);
    left = left.filter(({ from, to }) => from !== end && to !== end);
  }
  return ends;
}

/** The machines that a target breaks; `affects` of the fault where the target names none. */
export const brokenMachines = (
  target: ResolvedTarget,
  affects: readonly string[],
  servers: readonly string[],
): readonly string[] => {
  if (target.kind === "nodes") return target.nodes;
  if (target.kind === "links") return brokenEnds(target.directions, servers);
  return affects;
};

/** @throws EdgeproofError (usage) when more nodes are broken at one time than the guard allows, or the only server is. */
export function ensureBlastRadius(
  blasts: readonly Blast[],
  guard: Pick<GuardRails, "maxNodes" | "allowServer">,
  servers: readonly string[],
  file: string,
): void {
  const [only, ...otherServers] = servers;
  const onServer = blasts.find(({ nodes }) => only !== undefined && nodes.includes(only));
  if (onServer && otherServers.length === 0 && !guard.allowServer)
    throw usageError("blast-radius", `${onServer.name} breaks ${only}, the only server`, {
      where: file,
      expected: "faults that leave the only server alone",
      fix: "write `guard: { allowServer: true }` if it is meant",
    });
  for (const { startMs } of blasts) {
    const open = blasts.filter((other) => other.startMs <= startMs && startMs < other.endMs);
    const nodes = new Set(open.flatMap((other) => other.nodes));
    if (nodes.size > guard.maxNodes)
      throw usageError(
        "blast-radius",
        `${open.map(({ name }) => name).join(", ")} break ${nodes.size} nodes at one time, ${(startMs / 1000).toFixed(1)} s after the phase began: ${[...nodes].join(", ")}`,
        {
          where: file,
          expected: `at most ${guard.maxNodes}`,
          fix: "choose fewer, or write `guard: { maxNodes: N }` if it is meant",
        },
      );
  }
}
