import {
  CoordinationV1Api,
  CoreV1Api,
  type KubeConfig,
  type V1Lease,
  type V1Node,
} from "@kubernetes/client-node";

import { rigError } from "../../harness/errors.ts";
import { watchUntil } from "./watch-until.ts";

const LEASES = "kube-node-lease";

const isNodeReady = (node: V1Node): boolean =>
  node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

/** Resolves when the watched objects of all `names` were accepted by `done`; with those that were not, at the limit. */
async function untilAll<T extends { metadata?: { name?: string } }>(
  config: KubeConfig,
  path: string,
  list: () => Promise<{ items: T[]; metadata?: { resourceVersion?: string } }>,
  options: { names: readonly string[]; timeoutMs: number; done: (name: string, object: T) => boolean },
): Promise<string[]> {
  const waiting = new Set(options.names);
  await watchUntil<T>(config, {
    path,
    list,
    timeoutMs: options.timeoutMs,
    done(object, gone) {
      const name = object.metadata?.name ?? "";
      if (waiting.has(name) && !gone && options.done(name, object)) waiting.delete(name);
      return waiting.size === 0;
    },
  });
  return [...waiting];
}

/**
 * Resolves when the kubelet of every named node has renewed its lease (a node may be called Ready for the monitor's
 * whole grace period after it died) and Kubernetes calls the node Ready. Rejects at the time limit.
 */
export async function untilNodesBack(
  config: KubeConfig,
  names: readonly string[],
  timeoutMs: number,
): Promise<void> {
  const endsAt = Date.now() + timeoutMs;
  const leases = config.makeApiClient(CoordinationV1Api);
  const core = config.makeApiClient(CoreV1Api);
  const first = new Map<string, string>();
  const silent = await untilAll<V1Lease>(
    config,
    `/apis/coordination.k8s.io/v1/namespaces/${LEASES}/leases`,
    () => leases.listNamespacedLease({ namespace: LEASES }),
    {
      names,
      timeoutMs,
      done(name, { spec }) {
        const stamp = String(spec?.renewTime);
        if (!first.has(name)) first.set(name, stamp);
        return first.get(name) !== stamp;
      },
    },
  );
  const late = await untilAll<V1Node>(config, "/api/v1/nodes", () => core.listNode(), {
    names,
    timeoutMs: Math.max(1, endsAt - Date.now()),
    done: (_, node) => isNodeReady(node),
  });
  const missing = [...new Set([...silent, ...late])];
  if (missing.length === 0) return;
  throw rigError("NODE_NOT_READY_AGAIN", `${missing.join(", ")} did not become Ready again`, {
    expected: `Ready within ${timeoutMs / 1000} s of the fault's end`,
    fix: "see logs/NODE/kubelet.log (or k3s.log) in the run folder",
  });
}

/** Undefined where the API knows no such node; rejects where it does not answer. */
export async function readNode(config: KubeConfig, name: string): Promise<V1Node | undefined> {
  const core = config.makeApiClient(CoreV1Api);
  const { items } = await core.listNode({ fieldSelector: `metadata.name=${name}` });
  return items[0];
}
