import { CoreV1Api, type V1Node } from "@kubernetes/client-node";

import { rigError } from "../../errors.ts";
import { loadKubeconfig } from "../kube/kube-client.ts";
import { watchUntil } from "../kube/watch.ts";
import type { EngineContext } from "./engine.ts";

/** Nodes that are waited for: those that were not lost on the way. */
export const namesOf = ({ nodes, lost }: Pick<EngineContext, "nodes" | "lost">): string[] =>
  nodes.map(({ name }) => name).filter((name) => !lost.has(name));

const TIMEOUT_MS = 120_000;

export const isReady = (node: V1Node): boolean =>
  node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

/** Watches until every named node is Ready. `patience`: see `patienceOf`. */
export async function untilNodesReady(
  kubeconfigPath: string,
  names: readonly string[],
  patience = 1,
): Promise<void> {
  const timeoutMs = TIMEOUT_MS * patience;
  const config = loadKubeconfig(kubeconfigPath);
  const waiting = new Set(names);
  await watchUntil<V1Node>(config, "/api/v1/nodes", () => config.makeApiClient(CoreV1Api).listNode(), {
    timeoutMs,
    onEvent: (_, node) => {
      if (isReady(node)) waiting.delete(node.metadata?.name ?? "");
      return waiting.size === 0;
    },
  }).catch((cause: unknown) => {
    throw rigError("NODES_NOT_READY", `${[...waiting].join(", ")} did not become Ready`, {
      expected: `Ready within ${timeoutMs / 1000} s`,
      fix: "see logs/NODE/kubelet.log (or k3s.log) in the run folder",
      cause,
    });
  });
}
