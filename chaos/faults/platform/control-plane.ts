import { EdgeproofError, usageError } from "../../../harness/errors.ts";
import type { Change } from "../../journal/change.ts";
import type { FaultRig } from "../fault-rig.ts";
import type { ExpectedState } from "../state-evidence.ts";
import { untilNodeReady } from "./node-ready.ts";

type Component = "kube-apiserver" | "kube-scheduler";

/** Refuses before anything is touched where the component is no process of its own. */
export async function requireComponent({ server }: FaultRig, component: Component): Promise<void> {
  const services = await server.services().catch((error: unknown) => {
    // `plan` without a rig: what would be done is known all the same.
    if (error instanceof EdgeproofError && error.code === "NO_RIG_YET") return undefined;
    throw error;
  });
  if (!services) return;
  const names = services.map(({ name }) => name);
  if (names.includes(component)) return;
  if (names.includes("k3s"))
    throw usageError("K3S_ONE_PROCESS", `under K3s ${component} is a thread of k3s and cannot end alone`, {
      where: server.name,
      expected: "the engine `kubernetes`",
      fix: `use \`kubelet-stopped\` on ${server.name}, which ends k3s as a whole`,
    });
  throw usageError("NO_COMPONENT", `${server.name} runs no ${component}`, { where: server.name });
}

export const holdComponent = (
  { server }: FaultRig,
  component: Component,
  signal: "SIGTERM" | "SIGKILL",
): Change => ({
  what: `${server.name}: stop ${component} (${signal}) and keep it from starting`,
  undo: {
    kind: "node",
    node: server.name,
    undo: { kind: "service", service: component, action: "resume" },
  },
  apply: () => server.holdService(component, signal),
});

/** What the machine's agent says of the service. */
export const componentRuns = ({ server }: FaultRig, component: Component): ExpectedState => ({
  ...{ subject: `${server.name} ${component}`, quantity: "service" },
  ...{ before: true, during: false, after: true },
  read: async () => {
    const found = (await server.services()).find(({ name }) => name === component);
    return found?.pid !== undefined && !found.held;
  },
});

/** The API's loss is noticed late by controllers: every node must be what it was. */
export const untilNodesReady = async ({ kube, nodes }: FaultRig): Promise<void> => {
  await Promise.all(nodes.map(({ name }) => untilNodeReady(kube, name)));
};
