import { z } from "zod";

import { usageError } from "../../../harness/errors.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import { checkStates } from "../evidence.ts";
import { readBootMark } from "./boot-mark.ts";
import { reachable, untilBack } from "./power.ts";
import { reboot, rebootCommand, requireReboot } from "./reboot.ts";
import { listNames, namesOf, nodesOf } from "./targets.ts";

export const nodeReboot = defineFault({
  name: "node-reboot",
  layer: "node",
  summary: "A real machine's operating system reboots, in order or as after a short power cut.",
  target: "nodes",
  parameters: z.strictObject({
    how: z
      .enum(["orderly", "reset"], { error: "orderly or reset" })
      .describe(
        "`orderly` ends services and writes file systems out (systemctl reboot); `reset` restarts the machine at once by the kernel's sysrq `b`, which loses what was not yet on its disk. Default: orderly.",
      )
      .default("orderly"),
  }),
  proof: "The kernel's boot id is another one.",
  undo: "None is needed: the machine boots and joins by itself. Leases lie on its disk, and its links are put in force again.",
  limits: [
    "ssh driver only: a container shares its host's kernel. node-restart is what it can have.",
    "A machine that does not come back within 300 s fails the run; nothing can switch it on from here.",
    "`reset` is no power cut to the disk itself: a card that loses power while it writes may lose more.",
  ],
  example: "- { fault: node-reboot, target: pi4-1 }",
  build({ how }, target, { name, phase, guard, rig }) {
    if (rig.driver === "container")
      throw usageError("NO_REBOOT", "a container machine has no kernel of its own that could reboot", {
        where: `fault ${name}`,
        expected: "machines of the ssh driver",
        fix: "use node-restart",
      });
    const nodes = nodesOf(target);
    const old = new Map<string, string>();
    const answers = nodes.map((node) => reachable(rig, node));
    return new ChangeFault({
      name,
      phase,
      guard,
      description: `${how} reboot of ${listNames(nodes)}`,
      affects: namesOf(nodes),
      takesDown: namesOf(nodes),
      changes: nodes.map((node) => ({
        what: `${node.name}: ${rebootCommand(how)}`,
        undo: undefined,
        apply: () => reboot(node, how, old.get(node.name) ?? ""),
      })),
      evidence: {
        async before() {
          for (const node of nodes) await requireReboot(node, how);
          for (const node of nodes) old.set(node.name, (await readBootMark(node)).bootId);
          return checkStates(answers, true);
        },
        during: () => ({
          stop: () =>
            checkStates(
              nodes.map((node) => ({
                subject: node.name,
                quantity: "boot-id-changed",
                read: async () => (await readBootMark(node)).bootId !== old.get(node.name),
              })),
              true,
            ),
        }),
        after: () => checkStates(answers, true),
      },
      recovered: () => untilBack(rig, nodes),
    });
  },
});
