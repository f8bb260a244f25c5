import { z } from "zod";

import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import { checkStates, watchStates } from "../evidence.ts";
import { reachable, running, untilBack } from "./power.ts";
import { listNames, namesOf, nodesOf } from "./targets.ts";

export const nodeStop = defineFault({
  name: "node-stop",
  layer: "node",
  summary: "Graceful stop: the machine is asked to end and has time to; its disk stays.",
  target: "nodes",
  parameters: z.strictObject({}),
  proof: "The driver says that the machine is off, and it answers no ping of the tester.",
  undo: "Power on, by the driver; the machine boots and joins by itself. A machine that is off holds no lease.",
  limits: [
    "In a container only the agent is asked to end; what it started ends with it. A real machine runs its shutdown.",
  ],
  example: "- { fault: node-stop, target: pi4-1 }",
  build(_params, target, { name, phase, guard, rig }) {
    const nodes = nodesOf(target);
    const states = nodes.flatMap((node) => [running(rig, node), reachable(rig, node)]);
    return new ChangeFault({
      name,
      phase,
      guard,
      description: `graceful stop of ${listNames(nodes)}`,
      affects: namesOf(nodes),
      takesDown: namesOf(nodes),
      changes: nodes.map((node) => ({
        what: `${node.name}: graceful stop`,
        undo: { kind: "power", node: node.name, action: "start" },
        apply: () => rig.power.stop(node.name),
      })),
      evidence: {
        before: () => checkStates(states, true),
        during: () => watchStates(states, false),
        after: () => checkStates(states, true),
      },
      recovered: () => untilBack(rig, nodes),
    });
  },
});
