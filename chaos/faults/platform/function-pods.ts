import { setTimeout as delay } from "node:timers/promises";

import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";

import { usageError } from "../../../harness/errors.ts";
import type { FaultRig } from "../fault-rig.ts";

/** How functions are told apart (harness/rig/functions/manifests.ts). */
const LABEL_FUNCTION = "edgeproof.dev/function";
const LIMIT_MS = 60_000;
const INTERVAL_MS = 250;

export interface FunctionPod {
  name: string;
  uid: string;
  ready: boolean;
}

const isReady = ({ status, metadata }: V1Pod): boolean =>
  !metadata?.deletionTimestamp &&
  (status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") ?? false);

export async function podsOf({ kube, namespace }: FaultRig, fn: string): Promise<FunctionPod[]> {
  const { items } = await kube
    .makeApiClient(CoreV1Api)
    .listNamespacedPod({ namespace, labelSelector: `${LABEL_FUNCTION}=${fn}` });
  return items.map((pod) => ({
    ...{ name: pod.metadata?.name ?? "", uid: pod.metadata?.uid ?? "" },
    ready: isReady(pod),
  }));
}

/** @throws where the function is not deployed. */
export async function deployedPods(rig: FaultRig, fn: string): Promise<FunctionPod[]> {
  const pods = await podsOf(rig, fn);
  if (pods.length > 0) return pods;
  throw usageError("NO_SUCH_FUNCTION", `no pod of a function ${fn} is there`, {
    expected: "a function that the run has deployed",
  });
}

/**
 * Resolves when exactly so many pods are there, all ready and none of the old ones that were to go, or when that took too
 * long: the receipt, which asks the same afterwards, says so then.
 */
export async function untilReplaced(
  rig: FaultRig,
  fn: string,
  gone: ReadonlySet<string>,
  count: number,
): Promise<void> {
  const until = Date.now() + LIMIT_MS;
  for (;;) {
    const pods = await podsOf(rig, fn).catch(() => []);
    if (pods.length === count && pods.every(({ uid, ready }) => ready && !gone.has(uid))) return;
    if (Date.now() > until) return;
    await delay(INTERVAL_MS);
  }
}
