import { usageError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { FaultTarget } from "../definition.ts";

export function nodesOf(target: FaultTarget): readonly NodeHandle[] {
  if (target.kind === "nodes") return target.nodes;
  throw usageError("FAULT_TARGET", `a fault of machines cannot be aimed at ${target.kind}`, {
    expected: "machines",
  });
}

export const namesOf = (nodes: readonly NodeHandle[]): string[] => nodes.map(({ name }) => name);

export const listNames = (nodes: readonly NodeHandle[]): string => namesOf(nodes).join(", ");
