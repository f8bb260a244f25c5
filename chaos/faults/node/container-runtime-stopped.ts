import { z } from "zod";

import { usageError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import { defineFault } from "../definition.ts";
import { type HeldService, stopServices } from "./service-stopped.ts";
import { nodesOf } from "./targets.ts";
import { endingSignal } from "../ending-signal.ts";

async function runtimeOf(node: NodeHandle): Promise<HeldService> {
  const names = (await node.services()).map(({ name }) => name);
  if (names.includes("containerd")) return { node, service: "containerd", program: "^containerd$" };
  const inK3s = names.includes("k3s");
  throw usageError(
    "NO_CONTAINER_RUNTIME",
    inK3s
      ? `${node.name} runs K3s, which starts its containerd itself: it cannot be stopped apart`
      : `${node.name} runs no containerd`,
    {
      where: "fault container-runtime-stopped",
      expected: "a node of the kubernetes engine",
      ...(inK3s ? { fix: "use kubelet-stopped, which stops K3s as a whole" } : {}),
    },
  );
}

export const containerRuntimeStopped = defineFault({
  name: "container-runtime-stopped",
  layer: "node",
  summary:
    "containerd is ended and kept from starting: containers run on, none can be started or asked about.",
  target: "nodes",
  parameters: z.strictObject({
    signal: endingSignal("SIGTERM"),
  }),
  proof: "The service has no process, and no process of the machine runs the program.",
  undo: "The machine's agent starts the service again; by itself when the lease runs out.",
  limits: ["Refused under K3s, whose containerd is a child of its own."],
  example: "- { fault: container-runtime-stopped, target: pi4-1 }",
  async build({ signal }, target, context) {
    return stopServices(await Promise.all(nodesOf(target).map(runtimeOf)), signal, context);
  },
});
