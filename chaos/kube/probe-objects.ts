import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";

/** Of objects that probes and observers make in the cluster for themselves; its value says whose. */
export const PROBE_LABEL = "edgeproof.dev/probe";
/** Where they are. */
export const PROBE_NAMESPACE = "default";

/** Removes what probes of a run that was killed left in the cluster; returns how many objects there were. */
export async function removeProbeObjects(kube: KubeConfig): Promise<number> {
  const core = kube.makeApiClient(CoreV1Api);
  const which = { namespace: PROBE_NAMESPACE, labelSelector: PROBE_LABEL };
  const [pods, maps] = await Promise.all([
    core.listNamespacedPod(which),
    core.listNamespacedConfigMap(which),
  ]);
  await Promise.all([
    ...pods.items.map(({ metadata }) =>
      core.deleteNamespacedPod({ namespace: PROBE_NAMESPACE, name: metadata?.name ?? "" }),
    ),
    ...maps.items.map(({ metadata }) =>
      core.deleteNamespacedConfigMap({ namespace: PROBE_NAMESPACE, name: metadata?.name ?? "" }),
    ),
  ]);
  return pods.items.length + maps.items.length;
}
