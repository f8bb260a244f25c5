import { createHash } from "node:crypto";

import { AppsV1Api, CoreV1Api, NetworkingV1Api } from "@kubernetes/client-node";

import { loadKubeconfig } from "../kube/kube-client.ts";
import { isReady } from "../engine/nodes-ready.ts";
import { type Facts, sorted } from "./facts.ts";

const named = ({ metadata }: { metadata?: { namespace?: string; name?: string } }): string =>
  `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;

/** What faults, drains and probes change in the cluster. Pods that have an owner follow from it. */
export async function kubeFacts(kubeconfig: string): Promise<Facts> {
  const config = loadKubeconfig(kubeconfig);
  const [core, apps] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api)];
  const [nodes, pods, deployments, configMaps, services, policies] = await Promise.all([
    core.listNode(),
    core.listPodForAllNamespaces(),
    apps.listDeploymentForAllNamespaces(),
    core.listConfigMapForAllNamespaces(),
    core.listServiceForAllNamespaces(),
    config.makeApiClient(NetworkingV1Api).listNetworkPolicyForAllNamespaces(),
  ]);
  return sorted({
    nodes: nodes.items.map((node) => {
      const taints = (node.spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).toSorted();
      const ready = isReady(node) ? "Ready" : "NOT READY";
      return `${named(node)} ${ready}${node.spec?.unschedulable ? " cordoned" : ""} ${taints.join(" ")}`;
    }),
    pods: pods.items.filter(({ metadata }) => !metadata?.ownerReferences?.length).map(named),
    deployments: deployments.items.map((one) => `${named(one)} ${one.spec?.replicas}`),
    // Each namespace gets a copy of the CA from a controller, some time after it was made.
    configMaps: configMaps.items
      .filter((one) => one.metadata?.name !== "kube-root-ca.crt")
      .map((one) => {
        const hash = createHash("sha256").update(JSON.stringify(one.data ?? {}));
        return `${named(one)} ${hash.digest("hex")}`;
      }),
    services: services.items.map((one) => `${named(one)} ${one.spec?.type} ${one.spec?.clusterIP}`),
    policies: policies.items.map(named),
  });
}
