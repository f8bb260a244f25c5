import { CoreV1Api, CustomObjectsApi, type KubeConfig, type KubernetesObject } from "@kubernetes/client-node";

import { rigError } from "../../../errors.ts";
import type { ScaleOut } from "../../../record/model.ts";
import { apply, complaint } from "../../kube/apply.ts";
import { ApiRequests, succeeded } from "../../kube/api-request.ts";
import { nodePortOf } from "../../kube/node-port.ts";
import { type Watched, watchUntil } from "../../kube/watch.ts";
import type { DeploymentLayer } from "../deployment-layer.ts";
import type { AutoscaledSpec, DeployedFunction, FunctionSpec, FunctionsLayer } from "../functions-layer.ts";
import { ensureNamespace, NAMESPACE } from "../manifests.ts";
import { configuration, routedService } from "./configuration.ts";
import { GATEWAY } from "./install-knative.ts";
import { FUNCTIONS_DOMAIN, SERVING_NAMESPACE } from "./serving-manifests.ts";

const GROUP = { group: "serving.knative.dev", version: "v1", namespace: NAMESPACE };
const READY_TIMEOUT_MS = 60_000;
const API_LIMIT_MS = 15_000;

interface Condition {
  type: string;
  status: string;
  message?: string;
}

/** What a function is to Knative, and how users get to it. */
interface Way {
  plural: "configurations" | "services";
  manifest: (spec: AutoscaledSpec, tolerationSeconds: number) => KubernetesObject;
  /** The Service whose node port users go to. */
  gateway: { name: string; namespace: string };
  address: (name: string) => Pick<DeployedFunction, "path" | "host">;
}

/** Built from its module, there is no ingress: edgeproof's gateway. */
const BUILT: Way = {
  plural: "configurations",
  manifest: configuration,
  gateway: { name: GATEWAY, namespace: SERVING_NAMESPACE },
  address: (name) => ({ path: `${name}/` }),
};

/** A release has Kourier, which tells functions apart by the Host. */
const RELEASED: Way = {
  plural: "services",
  manifest: routedService,
  gateway: { name: "kourier", namespace: "kourier-system" },
  address: (name) => ({ path: "", host: `${name}.${NAMESPACE}.${FUNCTIONS_DOMAIN}` }),
};

interface Serving extends Watched {
  metadata: { uid?: string; resourceVersion?: string; name?: string; generation?: number };
  status?: {
    observedGeneration?: number;
    latestCreatedRevisionName?: string;
    latestReadyRevisionName?: string;
    conditions?: Condition[];
  };
}

/** What was asked for last is what serves. */
const isReady = ({ metadata, status }: Serving): boolean =>
  status?.observedGeneration === metadata.generation &&
  status?.latestReadyRevisionName !== undefined &&
  status.latestReadyRevisionName === status.latestCreatedRevisionName &&
  status.conditions?.find(({ type }) => type === "Ready")?.status === "True";

/** Knative Serving: functions that scale with their load, from and to zero, behind edgeproof's gateway, or a release's ingress. */
export class KnativeLayer implements FunctionsLayer {
  readonly name = "knative";
  private readonly config: KubeConfig;
  private readonly fixed: DeploymentLayer;
  private readonly core: CoreV1Api;
  private readonly custom: CustomObjectsApi;
  private readonly api: ApiRequests;
  private readonly tolerationSeconds: number;
  private readonly way: Way;
  private readonly readyTimeoutMs: number;

  constructor(
    config: KubeConfig,
    fixed: DeploymentLayer,
    {
      tolerationSeconds,
      released,
      patience = 1,
    }: { tolerationSeconds: number; released: boolean; patience?: number },
  ) {
    this.readyTimeoutMs = READY_TIMEOUT_MS * patience;
    this.config = config;
    this.fixed = fixed;
    this.core = config.makeApiClient(CoreV1Api);
    this.custom = config.makeApiClient(CustomObjectsApi);
    this.api = new ApiRequests(config, API_LIMIT_MS);
    this.tolerationSeconds = tolerationSeconds;
    this.way = released ? RELEASED : BUILT;
  }

  deploy(spec: FunctionSpec): Promise<DeployedFunction> {
    return this.fixed.deploy(spec);
  }

  scale(name: string, replicas: number, timeoutMs: number): Promise<Omit<ScaleOut, "phase">> {
    return this.fixed.scale(name, replicas, timeoutMs);
  }

  settle(name: string, replicas: number, timeoutMs: number): Promise<void> {
    return this.fixed.settle(name, replicas, timeoutMs);
  }

  async deployAutoscaled(spec: AutoscaledSpec): Promise<DeployedFunction> {
    await ensureNamespace(this.core);
    const answer = await apply(this.api, this.way.manifest(spec, this.tolerationSeconds));
    if (!succeeded(answer))
      throw rigError("FUNCTION_NOT_TAKEN", `Knative did not take ${spec.name}: ${complaint(answer)}`);
    const [nodePort] = await Promise.all([this.gatewayPort(), this.untilReady(spec.name)]);
    return { name: spec.name, nodePort, ...this.way.address(spec.name) };
  }

  async remove(name: string): Promise<void> {
    await Promise.all([
      this.fixed.remove(name),
      this.custom
        .deleteNamespacedCustomObject({ ...GROUP, plural: this.way.plural, name })
        .catch((error: unknown) => {
          if ((error as { code?: number }).code !== 404) throw error;
        }),
    ]);
  }

  private gatewayPort(): Promise<number> {
    return nodePortOf(this.core, this.way.gateway);
  }

  private async untilReady(name: string): Promise<void> {
    const { plural } = this.way;
    let last: Serving | undefined;
    const path = `/apis/${GROUP.group}/${GROUP.version}/namespaces/${NAMESPACE}/${plural}`;
    const list = async () =>
      (await this.custom.listNamespacedCustomObject({ ...GROUP, plural })) as { items: Serving[] };
    await watchUntil<Serving>(this.config, path, list, {
      timeoutMs: this.readyTimeoutMs,
      onEvent: (_, found) => {
        if (found.metadata.name !== name) return false;
        last = found;
        return isReady(found);
      },
    }).catch((cause: unknown) => {
      const why = last?.status?.conditions?.find(({ status }) => status !== "True")?.message;
      throw rigError("FUNCTION_NOT_READY", `${name} has no revision that is ready${why ? `: ${why}` : ""}`, {
        expected: `one within ${this.readyTimeoutMs / 1000} s`,
        cause,
      });
    });
  }
}
