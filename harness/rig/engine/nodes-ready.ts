import { CoreV1Api, type V1Node } from "@kubernetes/client-node";

import { rigError } from "../../errors.ts";
import { loadKubeconfig } from "../kube/kube-client.ts";
import { watchUntil } from "../kube/watch.ts";

const TIMEOUT_MS = 120_000;

export const isReady = (node: V1Node): boolean =>
  node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

/** Watches until every named node is Ready. */
export async function untilNodesReady(kubeconfigPath: string, names: readonly string[]): Promise<void> {
  const config = loadKubeconfig(kubeconfigPath);
  const waiting = new Set(names);
  await watchUntil<V1Node>(config, "/api/v1/nodes", () => config.makeApiClient(CoreV1Api).listNode(), {
    timeoutMs: TIMEOUT_MS,
    onEvent: (_, node) => {
      if (isReady(node)) waiting.delete(node.metadata?.name ?? "");
      return waiting.size === 0;
    },
  }).catch((cause: unknown) => {
    throw rigError("NODES_NOT_READY", `${[...waiting].join(", ")} did not become Ready`, {
      expected: `Ready within ${TIMEOUT_MS / 1000} s`,
      fix: "see logs/NODE/kubelet.log (or k3s.log) in the run folder",
      cause,
    });
  });
}
