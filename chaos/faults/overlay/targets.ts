import { usageError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { FaultContext, FaultTarget } from "../definition.ts";
import type { StateReading } from "../evidence.ts";
import { overlayAnswer } from "./readings.ts";
import { untilAll } from "../state-evidence.ts";

/** Longest time for tunnels to come up again once nothing is in their way, ms: a dead one is noticed after 20 s. */
const RECOVERY_MS = 60_000;

/** The nodes of a target. */
export function nodesOf(target: FaultTarget, { name }: FaultContext): readonly NodeHandle[] {
  if (target.kind === "nodes") return target.nodes;
  throw usageError("fault-target", `${name} acts on nodes, not on ${target.kind}`, {
    where: name,
    expected: "a target of nodes",
  });
}

/** Machines with an overlay that the fault leaves alone: they probe. @throws where there is none. */
export function othersThan(
  touched: readonly NodeHandle[],
  { rig, unprobed, name }: FaultContext,
): NodeHandle[] {
  const others = rig.machines.filter(
    (machine) => !touched.some((one) => one.name === machine.name) && !unprobed.includes(machine.name),
  );
  if (others.length > 0) return others;
  throw usageError("fault-unprovable", `no machine is left that could see ${name}`, {
    where: name,
    expected: "a machine beside the target that no fault takes down",
    fix: "Aim at fewer machines.",
  });
}

/** Each of `from` asks each of `to` over the overlay. */
export const answersOf = (
  from: readonly NodeHandle[],
  to: readonly NodeHandle[],
  tries?: number,
): StateReading[] =>
  from.flatMap((one) =>
    to.filter(({ name }) => name !== one.name).map((other) => overlayAnswer(one, other, tries)),
  );

/** Resolves when all of `to` answer all of `from` over the overlay, or at the time limit: the receipt tells then. */
export const untilAnswering = async (
  from: readonly NodeHandle[],
  to: readonly NodeHandle[],
): Promise<void> => {
  await untilAll(answersOf(from, to), true, { timeoutMs: RECOVERY_MS });
};

export const namesOf = (nodes: readonly NodeHandle[]): string[] => nodes.map(({ name }) => name);
