import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { AppsV1Api, CoreV1Api, type V1Deployment } from "@kubernetes/client-node";

import type { Topology } from "../../../config/model.ts";
import { rigError } from "../../../errors.ts";
import { stage } from "../../engine/engine.ts";
import { applyAll } from "../../kube/apply.ts";
import { ApiRequests } from "../../kube/api-request.ts";
import { loadKubeconfig } from "../../kube/kube-client.ts";
import { watchUntil } from "../../kube/watch.ts";
import type { TaskGraph } from "../../task-graph.ts";
import { ensureNamespace, NAMESPACE } from "../manifests.ts";
import { openFaasManifests } from "./openfaas-manifests.ts";

export const OPENFAAS_NAMESPACE = "openfaas";
export const OPENFAAS_GATEWAY = "gateway";
const API_LIMIT_MS = 15_000;
/** Its images are pulled. */
const READY_TIMEOUT_MS = 300_000;

const passwordFile = (rigFolder: string): string => join(rigFolder, "openfaas-password");

export const openFaasPassword = async (rigFolder: string): Promise<string> =>
  (await readFile(passwordFile(rigFolder), "utf8")).trim();

async function untilAvailable(kubeconfigPath: string): Promise<void> {
  const config = loadKubeconfig(kubeconfigPath);
  const apps = config.makeApiClient(AppsV1Api);
  const namespace = OPENFAAS_NAMESPACE;
  await watchUntil<V1Deployment>(
    config,
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
    () => apps.listNamespacedDeployment({ namespace }),
    { timeoutMs: READY_TIMEOUT_MS, onEvent: (_, { status }) => (status?.availableReplicas ?? 0) > 0 },
  ).catch((cause: unknown) => {
    throw rigError("OPENFAAS_NOT_READY", "OpenFaaS' gateway did not become available", {
      expected: `it within ${READY_TIMEOUT_MS / 1000} s`,
      fix: "see whether the nodes can pull the images that `openfaas:` of the topology names",
      cause,
    });
  });
}

/** Adds the tasks that install OpenFaaS; the last is `stage.functionsReady`. */
export function planOpenFaas(
  graph: TaskGraph,
  context: { topology: Topology; kubeconfigPath: string; rigFolder: string },
): void {
  const { kubeconfigPath, rigFolder } = context;
  graph.add("openfaas", [stage.apiReady], async () => {
    const { openfaas } = context.topology;
    if (!openfaas) throw new Error("a topology without OpenFaaS' images was accepted");
    const config = loadKubeconfig(kubeconfigPath);
    const core = config.makeApiClient(CoreV1Api);
    await Promise.all([ensureNamespace(core), ensureNamespace(core, OPENFAAS_NAMESPACE)]);
    const password = randomBytes(24).toString("hex");
    await writeFile(passwordFile(rigFolder), password, { mode: 0o600 });
    const parts = { system: OPENFAAS_NAMESPACE, functions: NAMESPACE, ...openfaas, password };
    await applyAll(new ApiRequests(config, API_LIMIT_MS), openFaasManifests(parts));
  });
  graph.add(stage.functionsReady, ["openfaas", stage.nodesReady], () => untilAvailable(kubeconfigPath));
}
