import { AppsV1Api, CoreV1Api, type KubeConfig } from "@kubernetes/client-node";

import { rigError } from "../../../errors.ts";
import { singleRequest } from "../../../load/single-request.ts";
import type { ScaleOut } from "../../../record/model.ts";
import { complaint } from "../../kube/apply.ts";
import { ApiRequests, succeeded } from "../../kube/api-request.ts";
import { nodePortOf } from "../../kube/node-port.ts";
import type { NodeHandle } from "../../node-handle.ts";
import type { DeploymentLayer } from "../deployment-layer.ts";
import type { AutoscaledSpec, DeployedFunction, FunctionSpec, FunctionsLayer } from "../functions-layer.ts";
import { functionContainer, functionLabels, NAMESPACE } from "../manifests.ts";
import { OPENFAAS_GATEWAY, OPENFAAS_NAMESPACE, openFaasPassword } from "./install-openfaas.ts";

const REQUEST_LIMIT_MS = 30_000;
const API_LIMIT_MS = 15_000;

/** A function as OpenFaaS' REST API has it, https://docs.openfaas.com/reference/rest-api. */
export const functionRequest = ({ name, image, autoscale }: AutoscaledSpec) => ({
  service: name,
  image,
  namespace: NAMESPACE,
  labels: {
    ...functionLabels({ name }),
    "com.openfaas.scale.min": String(Math.max(1, autoscale.minReplicas)),
    "com.openfaas.scale.max": String(autoscale.maxReplicas),
    "com.openfaas.scale.zero": String(autoscale.minReplicas === 0),
  },
});

/**
 * OpenFaaS: the gateway wakes a function without replicas. Its Community Edition does not take the last one away, so a
 * function that is to begin at zero is scaled there by Kubernetes. Never run where this was written: its images come from
 * a registry.
 */
export class OpenFaasLayer implements FunctionsLayer {
  readonly name = "openfaas";
  private readonly fixed: DeploymentLayer;
  private readonly core: CoreV1Api;
  private readonly apps: AppsV1Api;
  private readonly api: ApiRequests;
  private readonly entry: () => NodeHandle;
  private readonly rigFolder: string;

  constructor(
    config: KubeConfig,
    fixed: DeploymentLayer,
    { entry, rigFolder }: { entry: () => NodeHandle; rigFolder: string },
  ) {
    this.fixed = fixed;
    this.core = config.makeApiClient(CoreV1Api);
    this.apps = config.makeApiClient(AppsV1Api);
    this.api = new ApiRequests(config, API_LIMIT_MS);
    this.entry = entry;
    this.rigFolder = rigFolder;
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
    const { name, autoscale } = spec;
    const nodePort = await this.gatewayPort();
    await this.call(nodePort, "POST", functionRequest(spec));
    await this.identify(spec);
    const replicas = Math.max(autoscale.minReplicas, autoscale.initialReplicas ?? 0);
    const scale = { metadata: { name, namespace: NAMESPACE }, spec: { replicas } };
    await this.apps.replaceNamespacedDeploymentScale({ name, namespace: NAMESPACE, body: scale });
    await this.settle(name, replicas, REQUEST_LIMIT_MS);
    return { name, nodePort, path: `function/${name}/` };
  }

  async remove(name: string): Promise<void> {
    await this.call(await this.gatewayPort(), "DELETE", { functionName: name, namespace: NAMESPACE });
    await this.fixed.remove(name);
  }

  /** OpenFaaS passes no fields of the pod on; without them no answer could be told to be of a new pod. */
  private async identify(spec: AutoscaledSpec): Promise<void> {
    const { env } = functionContainer(spec);
    const body = { spec: { template: { spec: { containers: [{ name: spec.name, env }] } } } };
    const answer = await this.api.send({
      ...{ method: "PATCH", path: `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${spec.name}`, body },
      contentType: "application/strategic-merge-patch+json",
    });
    if (!succeeded(answer))
      throw rigError("FUNCTION_NOT_TAKEN", `${spec.name} cannot be told who it is: ${complaint(answer)}`);
  }

  private gatewayPort(): Promise<number> {
    return nodePortOf(this.core, { name: OPENFAAS_GATEWAY, namespace: OPENFAAS_NAMESPACE });
  }

  /** From the server node: the gateway is on no port of the tester's host. */
  private async call(port: number, method: "POST" | "DELETE", body: object): Promise<void> {
    const entry = this.entry();
    const password = await openFaasPassword(this.rigFolder);
    const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
    const answer = await singleRequest(entry, `http://${entry.overlay}:${port}/system/functions`, {
      timeoutMs: REQUEST_LIMIT_MS,
      request: {
        method,
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify(body),
      },
    });
    // Removing what is not there is no error.
    if ((answer.status >= 200 && answer.status < 300) || (method === "DELETE" && answer.status === 404))
      return;
    throw rigError(
      "FUNCTION_NOT_TAKEN",
      `OpenFaaS answered ${method} /system/functions with ${answer.status}`,
      {
        where: answer.error ?? "",
      },
    );
  }
}
