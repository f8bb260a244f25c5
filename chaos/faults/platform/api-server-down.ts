import { z } from "zod";

import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import { stateEvidence } from "../state-evidence.ts";
import { apiAnswers, untilApiAnswers } from "./api-states.ts";
import { componentRuns, holdComponent, requireComponent, untilNodesReady } from "./control-plane.ts";
import { endingSignal } from "../ending-signal.ts";

const COMPONENT = "kube-apiserver";

export const apiServerDown = defineFault({
  name: "api-server-down",
  layer: "platform",
  summary: "The API server is ended and kept from starting; what runs on the nodes runs on.",
  target: "rig",
  parameters: z.strictObject({
    signal: endingSignal("SIGKILL"),
  }),
  proof:
    "The service has no process, and the API answers neither the tester nor any node, once a second; before and after it answers all of them.",
  undo: "The server's agent starts it again; by itself when the lease runs out.",
  limits: [
    "Not under K3s, where it is a thread of k3s: take kubelet-stopped on the server.",
    "Faults that need the API to be undone or proved must not be in force at the same time.",
  ],
  example: "- fault: api-server-down",
  async build({ signal }, _target, { rig, name, phase, guard }) {
    await requireComponent(rig, COMPONENT);
    return new ChangeFault({
      ...{ name, phase, guard },
      description: `${COMPONENT} on ${rig.server.name} stopped by ${signal}`,
      changes: [holdComponent(rig, COMPONENT, signal)],
      evidence: stateEvidence([componentRuns(rig, COMPONENT), ...apiAnswers(rig)]),
      affects: [rig.server.name],
      recovered: async () => {
        await untilApiAnswers(rig);
        await untilNodesReady(rig);
      },
    });
  },
});
