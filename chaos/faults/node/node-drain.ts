import { z } from "zod";

import { rigError } from "../../../harness/errors.ts";
import { quantity } from "../../../harness/config/quantity-schema.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import { evictPods, evictablePods, patchNode, refuseBarePods } from "../../kube/drain.ts";
import { readNode } from "../../kube/nodes.ts";
import { CORDON_ANNOTATION } from "../../pressure/uncordon.ts";
import type { Change } from "../../journal/change.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import { type StateReading, checkStates, watchStates } from "../evidence.ts";
import type { FaultRig } from "../fault-rig.ts";
import { pressureChange } from "./machine-programs.ts";
import { untilBack } from "./power.ts";
import { listNames, namesOf, nodesOf } from "./targets.ts";

function cordon(rig: FaultRig, node: NodeHandle, fault: string): Change {
  const base = pressureChange(rig, node, {
    what: "cordon (spec.unschedulable: true)",
    begin: () => [],
    end: ["uncordon", node.name],
  });
  // Where no machine has a lease, the API is all that there is.
  const byApi = rig.driver === "cluster" ? { undo: { kind: "uncordon" as const, node: node.name } } : {};
  return {
    ...base,
    ...byApi,
    async apply() {
      const found = await readNode(rig.kube, node.name);
      if (found?.spec?.unschedulable)
        throw rigError("NODE_CORDONED", `${node.name} is unschedulable already, and not by edgeproof`, {
          expected: "a schedulable node",
          fix: `run \`kubectl uncordon ${node.name}\``,
        });
      await refuseBarePods(rig.kube, node.name);
      const metadata = { annotations: { [CORDON_ANNOTATION]: fault } };
      await patchNode(rig.kube, node.name, { metadata, spec: { unschedulable: true } });
    },
  };
}

const schedulable = (rig: FaultRig, node: NodeHandle): StateReading => ({
  subject: node.name,
  quantity: "schedulable",
  async read() {
    const found = await readNode(rig.kube, node.name);
    return found && !found.spec?.unschedulable;
  },
});

const hasPods = (rig: FaultRig, node: NodeHandle): StateReading => ({
  subject: node.name,
  quantity: "pods-scheduled",
  read: async () => (await evictablePods(rig.kube, node.name)).length > 0,
});

export const nodeDrain = defineFault({
  name: "node-drain",
  layer: "node",
  summary: "A node is cordoned and its pods are evicted, as `kubectl drain` does it.",
  target: "nodes",
  byApi: "nodes",
  parameters: z.strictObject({
    timeout: quantity("duration", "Time that the pods have to leave. Default 60s.").default(60_000),
  }),
  proof: "The node is not schedulable, and no pod but those of DaemonSets is on it, for the whole window.",
  undo: "Uncordoned, on its lease by the machine with its kubelet's own right. Pods stay where they went.",
  limits: [
    "Grace periods and disruption budgets are respected; emptyDir data is lost, as with --delete-emptydir-data.",
    "Refused where a pod has no controller, or where the node is cordoned already.",
    "On an existing cluster it takes away pods of others, too: only with `--confirm`, and uncordoned by edgeproof or `edgeproof heal` alone.",
    "Uncordoning without the tester needs the way from the machine to the API server: it is tried again until there is one.",
  ],
  example: "- { fault: node-drain, target: pi4-1 }",
  build({ timeout }, target, { name, phase, guard, rig }) {
    const nodes = nodesOf(target);
    const open = nodes.map((node) => schedulable(rig, node));
    const pods = nodes.map((node) => hasPods(rig, node));
    return new ChangeFault({
      name,
      phase,
      guard,
      description: `drain of ${listNames(nodes)}`,
      affects: namesOf(nodes),
      changes: nodes.flatMap((node) => [
        cordon(rig, node, `${phase}.${name}`),
        {
          what: `${node.name}: evict all pods but those of DaemonSets`,
          undo: undefined,
          apply: () => evictPods(rig.kube, node.name, timeout),
        },
      ]),
      evidence: {
        before: () => checkStates(open, true),
        during: () => watchStates([...open, ...pods], false, 1_000),
        after: () => checkStates(open, true),
      },
      recovered: () => untilBack(rig, nodes),
    });
  },
});
