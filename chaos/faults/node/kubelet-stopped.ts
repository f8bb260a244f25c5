import { z } from "zod";

import { usageError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import { defineFault } from "../definition.ts";
import { type HeldService, stopServices } from "./service-stopped.ts";
import { nodesOf } from "./targets.ts";
import { endingSignal } from "../ending-signal.ts";

/** K3s is one process that is kubelet too. */
async function kubeletOf(node: NodeHandle): Promise<HeldService> {
  const names = (await node.services()).map(({ name }) => name);
  if (names.includes("kubelet")) return { node, service: "kubelet", program: "^kubelet$" };
  if (names.includes("k3s")) return { node, service: "k3s", program: "^k3s(-agent|-server)?$" };
  throw usageError("NO_KUBELET", `${node.name} runs no kubelet`, {
    where: `fault kubelet-stopped`,
    expected: "a node of the cluster",
  });
}

export const kubeletStopped = defineFault({
  name: "kubelet-stopped",
  layer: "node",
  summary: "The kubelet is ended and kept from starting; its pods run on.",
  target: "nodes",
  parameters: z.strictObject({
    signal: endingSignal("SIGTERM"),
  }),
  proof: "The service has no process, and no process of the machine runs the program.",
  undo: "The machine's agent starts the service again; by itself when the lease runs out.",
  limits: [
    "Under K3s it is the k3s service that stops, with the node's network policy and load balancer parts.",
    "The node is called NotReady only after the node monitor's grace period: the receipt does not wait for it.",
  ],
  example: "- { fault: kubelet-stopped, target: pi4-1, signal: SIGKILL }",
  async build({ signal }, target, context) {
    return stopServices(await Promise.all(nodesOf(target).map(kubeletOf)), signal, context);
  },
});
