import { setTimeout as delay } from "node:timers/promises";

import { z } from "zod";

import { rigError, usageError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import { checkStates } from "../evidence.ts";
import { readBootMark } from "./boot-mark.ts";
import { reachable, untilBack } from "./power.ts";
import { listNames, namesOf, nodesOf } from "./targets.ts";

const BOOT_TIMEOUT_MS = 300_000;
const ASK_INTERVAL_MS = 1_000;

/** A machine that reboots answers its old boot id, then nothing, then the new one. */
export async function untilBootIdIsNot(
  node: NodeHandle,
  old: string,
  limitMs = BOOT_TIMEOUT_MS,
): Promise<void> {
  for (const deadline = Date.now() + limitMs; Date.now() < deadline; await delay(ASK_INTERVAL_MS)) {
    const mark = await readBootMark(node).catch(() => undefined);
    if (mark && mark.bootId !== old) return;
  }
  throw rigError("NODE_NOT_REBOOTED", `${node.name} did not boot anew`, {
    expected: `another boot id within ${limitMs / 1000} s`,
  });
}

export const nodeReboot = defineFault({
  name: "node-reboot",
  layer: "node",
  summary: "A real machine's operating system reboots (`systemctl reboot`).",
  target: "nodes",
  parameters: z.strictObject({}),
  proof: "The kernel's boot id is another one.",
  undo: "None is needed: the machine comes back by itself.",
  limits: ["ssh driver only: a container shares its host's kernel. node-restart is what it can have."],
  example: "- { fault: node-reboot, target: pi4-1 }",
  build(_params, target, { name, phase, guard, rig }) {
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
      description: `reboot of ${listNames(nodes)}`,
      affects: namesOf(nodes),
      takesDown: namesOf(nodes),
      changes: nodes.map((node) => ({
        what: `${node.name}: systemctl reboot`,
        undo: undefined,
        async apply() {
          // The connection may end before the answer comes.
          await node.exec(["systemctl", "reboot"]).catch(() => undefined);
          await untilBootIdIsNot(node, old.get(node.name) ?? "");
        },
      })),
      evidence: {
        async before() {
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
