import { z } from "zod";

import { usageError } from "../../../harness/errors.ts";
import type { ReceiptCheck } from "../../../harness/record/model.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { Change } from "../../journal/change.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import { checkStates } from "../evidence.ts";
import type { FaultRig } from "../fault-rig.ts";
import { type BootMark, readBootMark, sameBoot } from "./boot-mark.ts";
import { running, switchedReachable, untilBack } from "./power.ts";
import { listNames, namesOf, nodesOf } from "./targets.ts";

/** A machine that is stopped and started again, and what was seen of it meanwhile. */
class Restart {
  readonly node: NodeHandle;
  private readonly rig: FaultRig;
  private before: BootMark | undefined;
  private whileOff: ReceiptCheck[] = [];

  constructor(rig: FaultRig, node: NodeHandle) {
    this.rig = rig;
    this.node = node;
  }

  get states() {
    return [running(this.rig, this.node), ...switchedReachable(this.rig, this.node)];
  }

  async remember(): Promise<void> {
    this.before = await readBootMark(this.node);
  }

  get changes(): Change[] {
    const { name } = this.node;
    const stop: Change = {
      what: `${name}: graceful stop`,
      undo: { kind: "power", node: name, action: "start" },
      apply: async () => {
        await this.rig.power.stop(name);
        this.whileOff = await checkStates(this.states, false);
      },
    };
    const start: Change = {
      what: `${name}: power on`,
      undo: undefined,
      apply: () => this.rig.power.start(name),
    };
    return [stop, start];
  }

  async found(): Promise<ReceiptCheck[]> {
    const { before, node } = this;
    const replaced = await checkStates(
      [
        {
          subject: node.name,
          quantity: "process-replaced",
          read: async () => before && !sameBoot(before, await readBootMark(node)),
        },
      ],
      true,
    );
    return [...this.whileOff, ...replaced];
  }
}

export const nodeRestart = defineFault({
  name: "node-restart",
  layer: "node",
  summary: "A machine is stopped gracefully and started again at once.",
  target: "nodes",
  parameters: z.strictObject({}),
  proof: "It was off and answered no ping between the two; its first process started anew since.",
  undo: "Nothing stays but a machine that is off, if the second half failed: power on, by the driver.",
  limits: ["In a container the kernel goes on running: node-reboot boots it anew, on real machines only."],
  example: "- { fault: node-restart, target: pi4-1 }",
  build(_params, target, { name, phase, guard, rig }) {
    if (rig.driver === "ssh")
      throw usageError("NO_RESTART", "a real machine is not switched off and on again by software", {
        where: `fault ${name}`,
        expected: "machines of the container driver",
        fix: "use node-reboot",
      });
    const nodes = nodesOf(target);
    const restarts = nodes.map((node) => new Restart(rig, node));
    const states = restarts.flatMap((restart) => restart.states);
    return new ChangeFault({
      name,
      phase,
      guard,
      description: `stop and start of ${listNames(nodes)}`,
      affects: namesOf(nodes),
      takesDown: namesOf(nodes),
      changes: restarts.flatMap((restart) => restart.changes),
      evidence: {
        async before() {
          await Promise.all(restarts.map((restart) => restart.remember()));
          return checkStates(states, true);
        },
        during: () => ({
          stop: async () => (await Promise.all(restarts.map((restart) => restart.found()))).flat(),
        }),
        after: () => checkStates(states, true),
      },
      recovered: () => untilBack(rig, nodes),
    });
  },
});
