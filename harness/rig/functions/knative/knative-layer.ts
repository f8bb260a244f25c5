import { CoreV1Api, CustomObjectsApi, type KubeConfig } from "@kubernetes/client-node";

import { rigError } from "../../../errors.ts";
import type { ScaleOut } from "../../../record/model.ts";
import { apply, complaint } from "../../kube/apply.ts";
import { ApiRequests, succeeded } from "../../kube/api-request.ts";
import { type Watched, watchUntil } from "../../kube/watch.ts";
import type { DeploymentLayer } from "../deployment-layer.ts";
import type { AutoscaledSpec, DeployedFunction, FunctionSpec, FunctionsLayer } from "../functions-layer.ts";
import { ensureNamespace, NAMESPACE } from "../manifests.ts";
import { configuration } from "./configuration.ts";
import { GATEWAY } from "./install-knative.ts";
import { SERVING_NAMESPACE } from "./serving-manifests.ts";

const GROUP = { group: "serving.knative.dev", version: "v1", namespace: NAMESPACE, plural: "configurations" };
const READY_TIMEOUT_MS = 60_000;
const API_LIMIT_MS = 15_000;

interface Condition {
  type: string;
  status: string;
  message?: string;
}

interface Configuration extends Watched {
  metadata: { uid?: string; resourceVersion?: string; name?: string; generation?: number };
  status?: {
    observedGeneration?: number;
    latestCreatedRevisionName?: string;
    latestReadyRevisionName?: string;
    conditions?: Condition[];
  };
}

/** What was asked for last is what serves. */
const isReady = ({ metadata, status }: Configuration): boolean =>
  status?.observedGeneration === metadata.generation &&
  status?.latestReadyRevisionName !== undefined &&
  status.latestReadyRevisionName === status.latestCreatedRevisionName;

/** Knative Serving: functions that scale with their load, from and to zero, behind edgeproof's gateway. */
export class KnativeLayer implements FunctionsLayer {
  readonly name = "knative";
  private readonly config: KubeConfig;
  private readonly fixed: DeploymentLayer;
  private readonly core: CoreV1Api;
  private readonly custom: CustomObjectsApi;
  private readonly api: ApiRequests;
  private readonly tolerationSeconds: number;

  constructor(config: KubeConfig, fixed: DeploymentLayer, tolerationSeconds: number) {
    this.config = config;
    this.fixed = fixed;
    this.core = config.makeApiClient(CoreV1Api);
    this.custom = config.makeApiClient(CustomObjectsApi);
    this.api = new ApiRequests(config, API_LIMIT_MS);
    this.tolerationSeconds = tolerationSeconds;
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
    const answer = await apply(this.api, configuration(spec, this.tolerationSeconds));
    if (!succeeded(answer))
      throw rigError("FUNCTION_NOT_TAKEN", `Knative did not take ${spec.name}: ${complaint(answer)}`);
    const [nodePort] = await Promise.all([this.gatewayPort(), this.untilReady(spec.name)]);
    return { name: spec.name, nodePort, path: `${spec.name}/` };
  }

  async remove(name: string): Promise<void> {
    await Promise.all([
      this.fixed.remove(name),
      this.custom.deleteNamespacedCustomObject({ ...GROUP, name }).catch((error: unknown) => {
        if ((error as { code?: number }).code !== 404) throw error;
      }),
    ]);
  }

  private async gatewayPort(): Promise<number> {
    const { spec } = await this.core.readNamespacedService({ name: GATEWAY, namespace: SERVING_NAMESPACE });
    const port = spec?.ports?.[0]?.nodePort;
    if (port === undefined) throw rigError("NO_NODE_PORT", "the gateway's service has no node port");
    return port;
  }

  private async untilReady(name: string): Promise<void> {
    let last: Configuration | undefined;
    const path = `/apis/${GROUP.group}/${GROUP.version}/namespaces/${NAMESPACE}/${GROUP.plural}`;
    const list = async () =>
      (await this.custom.listNamespacedCustomObject(GROUP)) as { items: Configuration[] };
    await watchUntil<Configuration>(this.config, path, list, {
      timeoutMs: READY_TIMEOUT_MS,
      onEvent: (_, found) => {
        if (found.metadata.name !== name) return false;
        last = found;
        return isReady(found);
      },
    }).catch((cause: unknown) => {
      const why = last?.status?.conditions?.find(({ status }) => status !== "True")?.message;
      throw rigError("FUNCTION_NOT_READY", `${name} has no revision that is ready${why ? `: ${why}` : ""}`, {
        expected: `one within ${READY_TIMEOUT_MS / 1000} s`,
        cause,
      });
    });
  }
}
