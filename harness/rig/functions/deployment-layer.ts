import {
  AppsV1Api,
  AutoscalingV2Api,
  CoreV1Api,
  type KubeConfig,
  type V1Deployment,
  type V1Pod,
  type V1Service,
} from "@kubernetes/client-node";

import { EdgeproofError, rigError } from "../../errors.ts";
import type { ScaleOut } from "../../record/model.ts";
import { follow, untilListed, watchUntil } from "../kube/watch.ts";
import type { AutoscaledSpec, DeployedFunction, FunctionSpec, FunctionsLayer } from "./functions-layer.ts";
import { watchImages } from "./missing-image.ts";
import { LABEL_FUNCTION, NAMESPACE, autoscaler, deployment, ensureNamespace, service } from "./manifests.ts";
import { PodObserver, podReady } from "./pod-observer.ts";
import { surplusPods } from "./surplus-pods.ts";

const DEPLOY_TIMEOUT_MS = 60_000;
/** One is enough unless a node comes or goes meanwhile. */
const SPREAD_ROUNDS = 3;

const conflict = (error: unknown): boolean => (error as { code?: number }).code === 409;

export interface DeploymentLayerOptions {
  /** Until pods leave a node that is unreachable. */
  tolerationSeconds: number;
  /** The cluster has a metrics-server. */
  metrics: boolean;
  /** Device class of a node. */
  classOf: (node: string) => string;
  /** Factor on the time that a deployment may take. @default 1 */
  patience?: number;
  /** On a cluster that others use, too. @default the cluster is the rig's */
  guest?: GuestOptions | undefined;
}

/** How functions are placed on a cluster that is not the rig's. */
export interface GuestOptions {
  /** There already. */
  namespace: string;
  /** Where images come from: `Never` where they are on the nodes. */
  pull: "Never" | "IfNotPresent";
  /** Names of the nodes that pods of a class may be on, or of any class; undefined: on all. */
  nodesFor: (deviceClass: string | undefined) => readonly string[] | undefined;
  /** What to do about an image that a node does not get. */
  imageFix: string;
}

/** Functions as plain Deployments behind NodePort Services: the layer that needs nothing but Kubernetes. */
export class DeploymentLayer implements FunctionsLayer {
  readonly name = "deployment";
  private readonly config: KubeConfig;
  private readonly apps: AppsV1Api;
  private readonly core: CoreV1Api;
  private readonly tolerationSeconds: number;
  private readonly classOf: (node: string) => string;
  private readonly autoscaling: AutoscalingV2Api;
  private readonly metrics: boolean;
  private readonly deployTimeoutMs: number;
  private readonly guest: GuestOptions | undefined;
  private readonly namespace: string;

  constructor(
    config: KubeConfig,
    { tolerationSeconds, metrics, classOf, patience = 1, guest }: DeploymentLayerOptions,
  ) {
    this.guest = guest;
    this.namespace = guest?.namespace ?? NAMESPACE;
    this.deployTimeoutMs = DEPLOY_TIMEOUT_MS * patience;
    this.config = config;
    this.apps = config.makeApiClient(AppsV1Api);
    this.core = config.makeApiClient(CoreV1Api);
    this.tolerationSeconds = tolerationSeconds;
    this.classOf = classOf;
    this.metrics = metrics;
    this.autoscaling = config.makeApiClient(AutoscalingV2Api);
  }

  async deploy(spec: FunctionSpec): Promise<DeployedFunction> {
    if (!this.guest) await ensureNamespace(this.core);
    const [created] = await Promise.all([this.ensureService(spec), this.ensureDeployment(spec)]);
    const nodePort = created.spec?.ports?.[0]?.nodePort;
    if (!nodePort) throw rigError("NO_NODE_PORT", `the service of ${spec.name} got no node port`);
    await this.untilAvailable(spec);
    if (!spec.deviceClass) await this.spread(spec);
    return { name: spec.name, nodePort, path: "" };
  }

  /** Pods of an earlier run may have come together on one node while the others were away. */
  private async spread({ name, replicas }: FunctionSpec): Promise<void> {
    for (let round = 0; round < SPREAD_ROUNDS; round++) {
      const [{ items: pods }, { items: nodes }] = await Promise.all([this.pods(name), this.core.listNode()]);
      const surplus = surplusPods(pods, nodes);
      if (surplus.length === 0) return;
      await Promise.all(
        surplus.map(({ metadata }) =>
          this.core.deleteNamespacedPod({ name: metadata?.name ?? "", namespace: this.namespace }),
        ),
      );
      await this.settle(name, replicas, this.deployTimeoutMs);
    }
  }

  /** An earlier run on this rig may have left it. */
  private async ensureService(spec: FunctionSpec): Promise<V1Service> {
    const create = this.core.createNamespacedService({
      namespace: this.namespace,
      body: service(spec, this.namespace),
    });
    return create.catch((error: unknown) => {
      if (!conflict(error)) throw error;
      return this.core.readNamespacedService({ namespace: this.namespace, name: spec.name });
    });
  }

  private async ensureDeployment(spec: FunctionSpec): Promise<void> {
    const placed = this.guest ? { ...spec, ...guestPlace(this.guest, spec.deviceClass) } : spec;
    const body = deployment(placed, this.tolerationSeconds, this.namespace);
    await this.apps
      .createNamespacedDeployment({ namespace: this.namespace, body })
      .catch(async (error: unknown) => {
        if (!conflict(error)) throw error;
        await this.apps.replaceNamespacedDeployment({ namespace: this.namespace, name: spec.name, body });
      });
  }

  /** By a HorizontalPodAutoscaler, which does not scale to zero. */
  async deployAutoscaled(spec: AutoscaledSpec): Promise<DeployedFunction> {
    const { name, autoscale, ...place } = spec;
    if (!this.metrics || autoscale.minReplicas === 0)
      throw rigError("NO_AUTOSCALER", `${name} is to scale with its load, which this rig cannot do`, {
        expected: this.metrics
          ? "a least number of 1 replica: only `functionsLayer: knative` scales to zero"
          : "a topology with `functionsLayer: knative`, or with `metricsServer: true`",
      });
    const replicas = Math.max(autoscale.minReplicas, autoscale.initialReplicas ?? 0);
    const deployed = await this.deploy({ ...place, name, replicas });
    const body = autoscaler(spec, this.namespace);
    await this.autoscaling
      .createNamespacedHorizontalPodAutoscaler({ namespace: this.namespace, body })
      .catch(async (error: unknown) => {
        if (!conflict(error)) throw error;
        await this.autoscaling.replaceNamespacedHorizontalPodAutoscaler({
          namespace: this.namespace,
          name,
          body,
        });
      });
    return deployed;
  }

  async scale(name: string, replicas: number, timeoutMs: number): Promise<Omit<ScaleOut, "phase">> {
    const observer = new PodObserver(this.classOf);
    const before = await this.apps.readNamespacedDeployment({ name, namespace: this.namespace });
    const from = before.spec?.replicas ?? 0;
    let done: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (done = resolve));
    const watch = follow<V1Pod>(
      this.config,
      `/api/v1/namespaces/${this.namespace}/pods`,
      () => this.pods(name),
      {
        onEvent: (event, pod, at) => {
          if (observer.observe(event, pod, at) && observer.readyCount >= replicas - from) done();
        },
      },
      { labelSelector: `${LABEL_FUNCTION}=${name}` },
    );
    const timer = setTimeout(() => done(), timeoutMs);
    try {
      await untilListed([watch]);
      const askedAt = Date.now();
      observer.begin(askedAt);
      await this.apps.replaceNamespacedDeploymentScale({
        name,
        namespace: this.namespace,
        body: { metadata: { name, namespace: this.namespace }, spec: { replicas } },
      });
      if (replicas > from) await finished;
      return { from, to: replicas, askedAt, pods: observer.pods };
    } finally {
      clearTimeout(timer);
      watch.stop();
    }
  }

  async settle(name: string, replicas: number, timeoutMs: number): Promise<void> {
    const path = `/api/v1/namespaces/${this.namespace}/pods`;
    const live = new Map<string, V1Pod>();
    await watchUntil<V1Pod>(this.config, path, () => this.pods(name), {
      timeoutMs,
      query: { labelSelector: `${LABEL_FUNCTION}=${name}` },
      onEvent: (event, pod) => {
        const uid = pod.metadata?.uid ?? "";
        if (event === "DELETED") live.delete(uid);
        else live.set(uid, pod);
        const steady = [...live.values()].every((one) => podReady(one) && !one.metadata?.deletionTimestamp);
        return steady && live.size === replicas;
      },
    }).catch((cause: unknown) => {
      throw rigError("FUNCTION_NOT_SETTLED", `${name} has ${live.size} pods, not ${replicas} ready ones`, {
        expected: `to settle within ${timeoutMs / 1000} s`,
        cause,
      });
    });
  }

  async remove(name: string): Promise<void> {
    const absent = (error: unknown): void => {
      if ((error as { code?: number }).code !== 404) throw error;
    };
    await Promise.all([
      this.apps.deleteNamespacedDeployment({ name, namespace: this.namespace }).then(() => undefined, absent),
      this.core.deleteNamespacedService({ name, namespace: this.namespace }).then(() => undefined, absent),
      this.autoscaling
        .deleteNamespacedHorizontalPodAutoscaler({ name, namespace: this.namespace })
        .then(() => undefined, absent),
    ]);
  }

  private pods(name: string) {
    return this.core.listNamespacedPod({
      namespace: this.namespace,
      labelSelector: `${LABEL_FUNCTION}=${name}`,
    });
  }

  /** An image that does not come is told at once where it is not the rig that brings it. */
  private async unlessImageMissing(name: string, available: Promise<void>): Promise<void> {
    if (!this.guest) return available;
    const missing = watchImages(async () => (await this.pods(name)).items, this.guest.imageFix);
    await Promise.race([available, missing.found]).finally(() => missing.stop());
  }

  private async untilAvailable({ name, replicas }: FunctionSpec): Promise<void> {
    const path = `/apis/apps/v1/namespaces/${this.namespace}/deployments`;
    let last = 0;
    const list = () => this.apps.listNamespacedDeployment({ namespace: this.namespace });
    const available = watchUntil<V1Deployment>(this.config, path, list, {
      timeoutMs: this.deployTimeoutMs,
      onEvent: (_, { metadata, status }) => {
        if (metadata?.name !== name) return false;
        last = status?.availableReplicas ?? 0;
        return last >= replicas;
      },
    });
    await this.unlessImageMissing(name, available).catch(async (cause: unknown) => {
      if (cause instanceof EdgeproofError) throw cause;
      const { items } = await this.pods(name);
      const state = items.map((pod) => `${pod.metadata?.name}: ${pod.status?.phase} ${reasonOf(pod)}`.trim());
      throw rigError("FUNCTION_NOT_READY", `${last} of ${replicas} replicas of ${name} became ready`, {
        where: state.join("; "),
        expected: `all of them within ${this.deployTimeoutMs / 1000} s`,
        cause,
      });
    });
  }
}

const guestPlace = ({ pull, nodesFor }: GuestOptions, deviceClass: string | undefined) => {
  const nodes = nodesFor(deviceClass);
  return { pull, ...(nodes === undefined ? {} : { nodes }) };
};

const reasonOf = (pod: V1Pod): string =>
  pod.status?.containerStatuses?.[0]?.state?.waiting?.reason ??
  pod.status?.conditions?.find(({ status }) => status === "False")?.message ??
  "";
