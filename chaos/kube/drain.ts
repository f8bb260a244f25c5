import {
  CoreV1Api,
  type KubeConfig,
  PatchStrategy,
  type V1Pod,
  setHeaderOptions,
} from "@kubernetes/client-node";

import { rigError } from "../../harness/errors.ts";
import { watchUntil } from "./watch-until.ts";

/** Between two tries of an eviction that a disruption budget forbids. */
const RETRY_MS = 1_000;

const onNode = (node: string): string => `spec.nodeName=${node}`;

/** As `kubectl drain` sees them: not of DaemonSets, not static (mirrored), not over. */
function evictable(pod: V1Pod): boolean {
  const owners = pod.metadata?.ownerReferences ?? [];
  const over = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
  const mirrored = pod.metadata?.annotations?.["kubernetes.io/config.mirror"] !== undefined;
  return !over && !mirrored && !owners.some(({ kind }) => kind === "DaemonSet");
}

/** Nothing would make it anew elsewhere. */
const isBare = (pod: V1Pod): boolean =>
  !(pod.metadata?.ownerReferences ?? []).some(({ controller }) => controller === true);

const nameOf = ({ metadata }: V1Pod): string => `${metadata?.namespace}/${metadata?.name}`;

/** The pods that a drain of the node takes away. */
export async function evictablePods(config: KubeConfig, node: string): Promise<V1Pod[]> {
  const core = config.makeApiClient(CoreV1Api);
  const { items } = await core.listPodForAllNamespaces({ fieldSelector: onNode(node) });
  return items.filter(evictable);
}

/** @throws EdgeproofError where a pod of the node would not come back. */
export async function refuseBarePods(config: KubeConfig, node: string): Promise<void> {
  const bare = (await evictablePods(config, node)).filter(isBare);
  if (bare.length === 0) return;
  throw rigError(
    "BARE_POD",
    `${bare.map(nameOf).join(", ")} on ${node} has no controller that would replace it`,
    {
      expected: "pods of a Deployment, StatefulSet, Job or the like",
      fix: "remove the pod or choose another node",
    },
  );
}

export async function patchNode(config: KubeConfig, node: string, body: object): Promise<void> {
  await config
    .makeApiClient(CoreV1Api)
    .patchNode({ name: node, body }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
}

async function evict(core: CoreV1Api, { metadata }: V1Pod, deadline: number): Promise<void> {
  const name = metadata?.name ?? "";
  const namespace = metadata?.namespace ?? "";
  for (;;) {
    try {
      await core.createNamespacedPodEviction({ name, namespace, body: { metadata: { name, namespace } } });
      return;
    } catch (error) {
      const { code } = error as { code?: number };
      if (code === 404) return;
      // 429: a PodDisruptionBudget does not allow it yet.
      if (code !== 429 || Date.now() + RETRY_MS > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Evicts the pods of a node, respecting their grace period and disruption budgets, and resolves when they are gone. */
export async function evictPods(config: KubeConfig, node: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const core = config.makeApiClient(CoreV1Api);
  const pods = await evictablePods(config, node);
  await Promise.all(pods.map((pod) => evict(core, pod, deadline)));
  const waiting = new Set(pods.map(({ metadata }) => metadata?.uid ?? ""));
  const list = async () => {
    const listed = await core.listPodForAllNamespaces({ fieldSelector: onNode(node) });
    const there = new Set(listed.items.map(({ metadata }) => metadata?.uid));
    for (const uid of waiting) if (!there.has(uid)) waiting.delete(uid);
    return listed;
  };
  if (waiting.size === 0) return;
  await watchUntil<V1Pod>(config, {
    path: "/api/v1/pods",
    list,
    query: { fieldSelector: onNode(node) },
    timeoutMs: Math.max(1, deadline - Date.now()),
    done(pod, gone) {
      if (gone || !evictable(pod)) waiting.delete(pod.metadata?.uid ?? "");
      return waiting.size === 0;
    },
  });
  if (waiting.size === 0) return;
  const left = pods.filter(({ metadata }) => waiting.has(metadata?.uid ?? ""));
  throw rigError("NODE_NOT_DRAINED", `${left.map(nameOf).join(", ")} did not leave ${node}`, {
    expected: `gone within ${timeoutMs / 1000} s`,
  });
}
