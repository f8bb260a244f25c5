import { readFile } from "node:fs/promises";

import { ApiregistrationV1Api, type KubernetesObject, type V1APIService } from "@kubernetes/client-node";
import { parseAllDocuments } from "yaml";

import { rigError } from "../errors.ts";
import { projectFile } from "../project.ts";
import { stage } from "./engine/engine.ts";
import type { StoredImage } from "./images/image-store.ts";
import { applyAll } from "./kube/apply.ts";
import { ApiRequests } from "./kube/api-request.ts";
import { loadKubeconfig } from "./kube/kube-client.ts";
import { watchUntil } from "./kube/watch.ts";
import type { TaskGraph } from "./task-graph.ts";

/** Program of the toolchain. */
export const METRICS_SERVER = "metrics-server";
const API_SERVICE = "v1beta1.metrics.k8s.io";
const API_LIMIT_MS = 15_000;
const READY_TIMEOUT_MS = 120_000;

async function untilServed(kubeconfigPath: string): Promise<void> {
  const config = loadKubeconfig(kubeconfigPath);
  const api = config.makeApiClient(ApiregistrationV1Api);
  let why = "";
  await watchUntil<V1APIService>(
    config,
    "/apis/apiregistration.k8s.io/v1/apiservices",
    () => api.listAPIService(),
    {
      timeoutMs: READY_TIMEOUT_MS,
      onEvent: (_, { metadata, status }) => {
        if (metadata?.name !== API_SERVICE) return false;
        const available = status?.conditions?.find(({ type }) => type === "Available");
        why = available?.message ?? "";
        return available?.status === "True";
      },
    },
  ).catch((cause: unknown) => {
    throw rigError("METRICS_NOT_READY", `metrics-server does not serve${why ? `: ${why}` : ""}`, {
      expected: `it to within ${READY_TIMEOUT_MS / 1000} s`,
      cause,
    });
  });
}

/** Adds the tasks that install metrics-server; the last is `stage.metricsReady`. */
export function planMetricsServer(
  graph: TaskGraph,
  { kubeconfigPath, image }: { kubeconfigPath: string; image: (tool: string) => Promise<StoredImage> },
): void {
  graph.add("metrics-server", [stage.apiReady, stage.serverImages], async () => {
    const text = await readFile(projectFile("fixtures/manifests/metrics-server.yaml"), "utf8");
    const filled = text.replaceAll("$IMAGE", (await image(METRICS_SERVER)).reference);
    const objects = parseAllDocuments(filled).map((document) => document.toJS() as KubernetesObject);
    await applyAll(new ApiRequests(loadKubeconfig(kubeconfigPath), API_LIMIT_MS), objects);
  });
  graph.add(stage.metricsReady, ["metrics-server"], () => untilServed(kubeconfigPath));
}
