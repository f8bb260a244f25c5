import { ChangeFault } from "../change-fault.ts";
import type { FaultContext, FaultTarget } from "../definition.ts";
import { checkStates, watchStates } from "../evidence.ts";
import type { PowerSwitch } from "../fault-rig.ts";
import { running, switchedReachable, untilBack } from "./power.ts";
import { listNames, namesOf, nodesOf } from "./targets.ts";

/** Machines that are off until the driver powers them on again, whichever way they went off. */
export function powerOff(
  { name, phase, guard, rig }: FaultContext,
  target: FaultTarget,
  how: { what: string; off: (power: PowerSwitch, node: string) => Promise<void> },
): ChangeFault {
  const nodes = nodesOf(target);
  const states = nodes.flatMap((node) => [running(rig, node), ...switchedReachable(rig, node)]);
  return new ChangeFault({
    name,
    phase,
    guard,
    description: `${how.what} of ${listNames(nodes)}`,
    affects: namesOf(nodes),
    takesDown: namesOf(nodes),
    changes: nodes.map((node) => ({
      what: `${node.name}: ${how.what}`,
      undo: { kind: "power", node: node.name, action: "start" },
      apply: () => how.off(rig.power, node.name),
    })),
    evidence: {
      before: () => checkStates(states, true),
      during: () => watchStates(states, false),
      after: () => checkStates(states, true),
    },
    recovered: () => untilBack(rig, nodes),
  });
}
