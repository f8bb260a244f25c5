import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { AppsV1Api, CoreV1Api, type KubernetesObject, type V1Deployment } from "@kubernetes/client-node";
import { parseAllDocuments } from "yaml";

import type { Topology } from "../../../config/model.ts";
import { rigError, usageError } from "../../../errors.ts";
import { projectFile } from "../../../project.ts";
import { stage } from "../../engine/engine.ts";
import type { StoredImage } from "../../images/image-store.ts";
import { apply, applyAll, complaint } from "../../kube/apply.ts";
import { ApiRequests, succeeded } from "../../kube/api-request.ts";
import { loadKubeconfig } from "../../kube/kube-client.ts";
import { watchUntil } from "../../kube/watch.ts";
import { patienceOf } from "../../patience.ts";
import type { TaskGraph } from "../../task-graph.ts";
import { ensureNamespace, NAMESPACE } from "../manifests.ts";
import { configuration } from "./configuration.ts";
import {
  SERVING_DEPLOYMENTS,
  SERVING_NAMESPACE,
  SERVING_PROGRAMS,
  servingManifests,
  type ServingProgram,
} from "./serving-manifests.ts";

export const GATEWAY = "gateway";
const RELEASE_FILES = ["serving-crds.yaml", "serving-core.yaml", "kourier.yaml"];
/** Its controller, and the Envoy that it configures. */
const KOURIER = [`${SERVING_NAMESPACE}/net-kourier-controller`, "kourier-system/3scale-kourier-gateway"];
/** Programs of the toolchain that become images. */
export const KNATIVE_TOOLS = [...SERVING_PROGRAMS, GATEWAY].map((name) => `knative-${name}`);
/** Runs beside each function, so that every node needs it; the others run beside the control plane. */
export const QUEUE_TOOL = "knative-queue";

const API_LIMIT_MS = 15_000;
const READY_TIMEOUT_MS = 120_000;
/** The webhook has no event for "the API server reaches me and trusts me"; asking costs it next to nothing. */
const ASK_AGAIN_MS = 100;

export interface KnativeContext {
  topology: Topology;
  kubeconfigPath: string;
  /** Knative's own YAML files, of the modules that the lock pins. */
  manifests(): Promise<string>;
  /** By tool. */
  image(tool: string): Promise<StoredImage>;
}

async function gatewayManifests(image: string): Promise<KubernetesObject[]> {
  const text = (await readFile(projectFile("fixtures/manifests/knative-gateway.yaml"), "utf8"))
    .replaceAll("$IMAGE", image)
    .replaceAll("$FUNCTIONS", NAMESPACE);
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

/** Files of a release. @throws EdgeproofError (usage) where one is not there */
async function releaseManifests(folder: string): Promise<string> {
  const texts = RELEASE_FILES.map((name) =>
    readFile(join(folder, name), "utf8").catch((cause: unknown) => {
      throw usageError("KNATIVE_RELEASE", `the Knative release has no ${name}`, {
        where: join(folder, name),
        expected: `a folder with ${RELEASE_FILES.join(", ")}`,
        fix: "put the files of a release of knative/serving and knative/net-kourier there",
        cause,
      });
    }),
  );
  return (await Promise.all(texts)).join("\n---\n");
}

async function untilAvailable(
  kubeconfigPath: string,
  wanted: readonly string[],
  readyTimeoutMs: number,
): Promise<void> {
  const config = loadKubeconfig(kubeconfigPath);
  const apps = config.makeApiClient(AppsV1Api);
  const missing = new Set<string>(wanted);
  const path = "/apis/apps/v1/deployments";
  const list = () => apps.listDeploymentForAllNamespaces();
  await watchUntil<V1Deployment>(config, path, list, {
    timeoutMs: readyTimeoutMs,
    onEvent: (_, { metadata, status }) => {
      if ((status?.availableReplicas ?? 0) > 0) missing.delete(`${metadata?.namespace}/${metadata?.name}`);
      return missing.size === 0;
    },
  }).catch((cause: unknown) => {
    throw rigError("KNATIVE_NOT_READY", `Knative's ${[...missing].join(", ")} did not become available`, {
      expected: `all of it within ${readyTimeoutMs / 1000} s`,
      fix: "look at the pods of the namespace knative-serving with `kubectl describe`",
      cause,
    });
  });
}

/** Takes a function on trial, which nothing is made of: the API server asks Knative's webhooks about it. */
async function untilTaken(
  api: ApiRequests,
  tolerationSeconds: number,
  readyTimeoutMs: number,
): Promise<void> {
  const autoscale = { minReplicas: 0, maxReplicas: 1, targetConcurrency: 1 };
  const trial = configuration(
    { name: "trial", image: "edgeproof.local/trial:1", autoscale },
    tolerationSeconds,
  );
  const deadline = Date.now() + readyTimeoutMs;
  for (;;) {
    const answer = await apply(api, trial, true);
    if (succeeded(answer)) return;
    if (Date.now() > deadline)
      throw rigError("KNATIVE_NOT_READY", `Knative takes no function: ${complaint(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

/** Adds the tasks that install Knative Serving and edgeproof's gateway to it; the last is `stage.functionsReady`. */
export function planKnative(graph: TaskGraph, context: KnativeContext): void {
  const { topology, kubeconfigPath } = context;
  let waves: Promise<KubernetesObject[][]> | undefined;
  const { release } = topology.knative;
  const serving = (): Promise<KubernetesObject[][]> =>
    (waves ??= (async () => {
      if (release !== undefined)
        return servingManifests(await releaseManifests(release), topology, { images: undefined });
      const [text, ...references] = await Promise.all([
        context.manifests(),
        ...SERVING_PROGRAMS.map(async (name): Promise<[ServingProgram, string]> => [
          name,
          (await context.image(`knative-${name}`)).reference,
        ]),
      ]);
      const images = Object.fromEntries(references) as Record<ServingProgram, string>;
      return servingManifests(text, topology, { images });
    })());
  const patience = patienceOf(topology);
  const readyTimeoutMs = READY_TIMEOUT_MS * patience;
  let requests: ApiRequests | undefined;
  const api = (): ApiRequests =>
    (requests ??= new ApiRequests(loadKubeconfig(kubeconfigPath), API_LIMIT_MS * patience));

  graph.add("knative types", [stage.apiReady], async () => {
    await ensureNamespace(loadKubeconfig(kubeconfigPath).makeApiClient(CoreV1Api));
    await applyAll(api(), (await serving())[0] ?? []);
  });
  graph.add("knative settings", ["knative types"], async () => applyAll(api(), (await serving())[1] ?? []));
  graph.add("knative programs", ["knative settings", stage.serverImages], async () => {
    // A release has an ingress.
    const gateway =
      release === undefined
        ? await gatewayManifests((await context.image(`knative-${GATEWAY}`)).reference)
        : [];
    await applyAll(api(), [...((await serving())[2] ?? []), ...gateway]);
  });
  const programs = [
    ...SERVING_DEPLOYMENTS.map((name) => `${SERVING_NAMESPACE}/${name}`),
    ...(release === undefined ? [`${SERVING_NAMESPACE}/${GATEWAY}`] : KOURIER),
  ];
  graph.add("knative available", ["knative programs"], () =>
    untilAvailable(kubeconfigPath, programs, readyTimeoutMs),
  );
  graph.add(stage.functionsReady, ["knative available"], () =>
    untilTaken(api(), topology.cluster.unreachableTolerationSeconds, readyTimeoutMs),
  );
}
