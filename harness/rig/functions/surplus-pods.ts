import type { V1Node, V1Pod } from "@kubernetes/client-node";

import { isReady } from "../engine/nodes-ready.ts";

/** The scheduler places pods there that tolerate nothing. */
export const takesPods = (node: V1Node): boolean =>
  isReady(node) &&
  !node.spec?.unschedulable &&
  !node.spec?.taints?.some(({ effect }) => effect !== "PreferNoSchedule");

/**
 * Pods that nodes have beyond their even share: Kubernetes places a pod once, and leaves it where it went while another
 * node was away.
 */
export function surplusPods(pods: readonly V1Pod[], nodes: readonly V1Node[]): V1Pod[] {
  const places = new Map(
    nodes.filter(takesPods).map((node) => [node.metadata?.name ?? "", [] as V1Pod[]] as const),
  );
  const live = pods.filter(({ metadata }) => !metadata?.deletionTimestamp);
  for (const pod of live) places.get(pod.spec?.nodeName ?? "")?.push(pod);
  const share = Math.ceil(live.length / Math.max(1, places.size));
  return [...places.values()].flatMap((own) => own.slice(share));
}
