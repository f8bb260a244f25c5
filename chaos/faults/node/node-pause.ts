import { z } from "zod";

import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import { checkStates, watchStates } from "../evidence.ts";
import { frozen, overlayReachable, untilBack } from "./power.ts";
import { listNames, namesOf, nodesOf } from "./targets.ts";

export const nodePause = defineFault({
  name: "node-pause",
  layer: "node",
  summary: "All processes of a machine are frozen: none of them answers, and none loses anything.",
  target: "nodes",
  parameters: z.strictObject({}),
  proof: "The driver says that the machine is frozen, and its Nebula carries no ping of the tester any more.",
  undo: "Thawed by the driver. A frozen machine's own lease runs out unseen, and is undone when it thaws.",
  limits: [
    "Of a real machine all of the rig's processes are frozen, which needs control groups of version 2.",
    "The kernel goes on: it still answers pings on the underlay and keeps connections.",
  ],
  example: "- { fault: node-pause, target: pi4-1 }",
  build(_params, target, { name, phase, guard, rig }) {
    const nodes = nodesOf(target);
    const still = nodes.map((node) => frozen(rig, node));
    const answers = nodes.flatMap((node) => overlayReachable(rig, node));
    const working = async () => [...(await checkStates(still, false)), ...(await checkStates(answers, true))];
    return new ChangeFault({
      name,
      phase,
      guard,
      description: `${listNames(nodes)} frozen`,
      affects: namesOf(nodes),
      takesDown: namesOf(nodes),
      changes: nodes.map((node) => ({
        what: `${node.name}: freeze all processes`,
        undo: { kind: "power", node: node.name, action: "unpause" },
        apply: () => rig.power.pause(node.name),
      })),
      evidence: {
        before: working,
        during() {
          const windows = [watchStates(still, true), watchStates(answers, false)];
          return { stop: async () => (await Promise.all(windows.map((window) => window.stop()))).flat() };
        },
        after: working,
      },
      recovered: () => untilBack(rig, nodes),
    });
  },
});
