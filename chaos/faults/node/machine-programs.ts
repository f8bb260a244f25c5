import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { Change } from "../../journal/change.ts";
import type { FaultContext } from "../definition.ts";
import type { FaultRig } from "../fault-rig.ts";

const pressureArgv = ({ paths }: FaultRig, args: readonly string[]): string[] => [
  `${paths.runtime}/node`,
  `${paths.runtime}/pressure.mjs`,
  ...args,
];

/** By what the machine's programs know a fault: unique within the run. */
export const machineName = ({ phase, name }: FaultContext): string => `${phase}.${name}`;

/** A change that one command of chaos/pressure makes on a machine and another one, idempotent, puts back. */
export function pressureChange(
  rig: FaultRig,
  node: NodeHandle,
  options: { what: string; begin: () => readonly string[]; end: readonly string[] },
): Change {
  return {
    what: `${node.name}: ${options.what}`,
    undo: {
      kind: "node",
      node: node.name,
      undo: { kind: "exec", argv: pressureArgv(rig, options.end) },
    },
    async apply() {
      await node.exec(pressureArgv(rig, options.begin()));
    },
  };
}

/** Reads one thing on a machine by chaos/pressure/probe-main.ts. */
export async function probeMachine<T>(rig: FaultRig, node: NodeHandle, ...args: string[]): Promise<T> {
  const { runtime } = rig.paths;
  const { stdout } = await node.exec([`${runtime}/node`, `${runtime}/machine-probe.mjs`, ...args]);
  return JSON.parse(stdout) as T;
}
