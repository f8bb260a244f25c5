import { readFile } from "node:fs/promises";

import { type KubernetesObject, KubernetesObjectApi } from "@kubernetes/client-node";
import { parseAllDocuments } from "yaml";

import { projectFile } from "../project.ts";
import { DNS_SERVICE_IP } from "./addresses.ts";
import { loadKubeconfig } from "./kube/kube-client.ts";

/** CoreDNS as the cluster's DNS; returns when it is asked for, and pods that need it wait for it as everywhere. */
export async function applyClusterDns(kubeconfigPath: string, image: string): Promise<void> {
  const text = (await readFile(projectFile("fixtures/manifests/coredns.yaml"), "utf8"))
    .replaceAll("$IMAGE", image)
    .replaceAll("$CLUSTER_IP", DNS_SERVICE_IP);
  const api = KubernetesObjectApi.makeApiClient(loadKubeconfig(kubeconfigPath));
  for (const document of parseAllDocuments(text)) await api.create(document.toJS() as KubernetesObject);
}
