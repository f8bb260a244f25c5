import { z } from "zod";

import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import { joinEvidence } from "../node/join-evidence.ts";
import { stateEvidence } from "../state-evidence.ts";
import { componentRuns, holdComponent, requireComponent } from "./control-plane.ts";
import { PlacementEvidence } from "./placement-evidence.ts";
import { endingSignal } from "../ending-signal.ts";

const COMPONENT = "kube-scheduler";

export const schedulerDown = defineFault({
  name: "scheduler-down",
  layer: "platform",
  summary: "The scheduler is ended and kept from starting: new pods get no node.",
  target: "rig",
  parameters: z.strictObject({
    signal: endingSignal("SIGKILL"),
  }),
  proof:
    "The service has no process; a pod that is made when the fault begins has no node at the end of the window, and gets one within 30 s after.",
  undo: "The server's agent starts it again; by itself when the lease runs out.",
  limits: [
    "Not under K3s, where it is a thread of k3s.",
    "Not together with api-server-down, which hides it.",
  ],
  example: "- fault: scheduler-down",
  async build({ signal }, _target, { rig, name, phase, guard }) {
    await requireComponent(rig, COMPONENT);
    return new ChangeFault({
      ...{ name, phase, guard },
      description: `${COMPONENT} on ${rig.server.name} stopped by ${signal}`,
      changes: [holdComponent(rig, COMPONENT, signal)],
      evidence: joinEvidence([
        stateEvidence([componentRuns(rig, COMPONENT)]),
        new PlacementEvidence(rig.kube),
      ]),
      affects: [rig.server.name],
    });
  },
});
