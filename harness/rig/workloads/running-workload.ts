import { CoreV1Api, type KubeConfig, type V1Pod, type V1Service } from "@kubernetes/client-node";

import type { WorkloadKind } from "../../config/model.ts";
import { rigError } from "../../errors.ts";
import { watchUntil } from "../kube/watch.ts";
import { ANNOTATION_NODE, LABEL_WORKLOAD, WORKLOADS_NAMESPACE } from "./workload.ts";

const READY_TIMEOUT_MS = 120_000;

export interface WorkloadAddress {
  host: string;
  port: number;
}

const isReady = ({ metadata, status }: V1Pod): boolean =>
  !metadata?.deletionTimestamp &&
  (status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false);

const stateOf = ({ metadata, status }: V1Pod): string => {
  const waiting = status?.containerStatuses?.[0]?.state?.waiting;
  return `${metadata?.name}: ${waiting?.reason ?? status?.phase ?? ""} ${waiting?.message ?? ""}`.trim();
};

/** A workload of a rig that is up. All that is known of it is asked of the API, so that it is found again later. */
export class Workload {
  readonly kind: WorkloadKind;
  private readonly config: KubeConfig;
  private readonly core: CoreV1Api;

  constructor(kind: WorkloadKind, config: KubeConfig) {
    this.kind = kind;
    this.config = config;
    this.core = config.makeApiClient(CoreV1Api);
  }

  /** Name and port inside the cluster, of the main port or of the one of that name. */
  async inPods(port?: string): Promise<WorkloadAddress> {
    const found = portOf(await this.service(), port);
    return { host: `${this.kind}.${WORKLOADS_NAMESPACE}.svc.cluster.local`, port: found.port };
  }

  /** Name of its node, and the port there at which machines of the overlay reach it: the tester comes in over the WAN. */
  async onNode(port?: string): Promise<{ node: string; port: number }> {
    const service = await this.service();
    const { nodePort } = portOf(service, port);
    const node = service.metadata?.annotations?.[ANNOTATION_NODE];
    if (nodePort === undefined || node === undefined)
      throw rigError(
        "NO_NODE_PORT",
        `the service of ${this.kind} has no node port, or does not say its node`,
      );
    return { node, port: nodePort };
  }

  /** Ends its pod, as an update does, and resolves when the next one is ready. */
  async restart(): Promise<void> {
    const [pod] = (await this.pods()).items;
    const uid = pod?.metadata?.uid;
    if (pod?.metadata?.name === undefined) throw rigError("NO_POD", `${this.kind} has no pod`);
    await this.core.deleteNamespacedPod({ name: pod.metadata.name, namespace: WORKLOADS_NAMESPACE });
    await this.untilReady((one) => one.metadata?.uid !== uid);
  }

  /** Resolves when its pod is ready, and is one of those that are wanted. */
  async untilReady(wanted: (pod: V1Pod) => boolean = () => true): Promise<void> {
    let last = "it has no pod";
    const path = `/api/v1/namespaces/${WORKLOADS_NAMESPACE}/pods`;
    await watchUntil<V1Pod>(this.config, path, () => this.pods(), {
      timeoutMs: READY_TIMEOUT_MS,
      query: { labelSelector: `${LABEL_WORKLOAD}=${this.kind}` },
      onEvent: (event, pod) => {
        if (event === "DELETED") return false;
        last = stateOf(pod);
        return isReady(pod) && wanted(pod);
      },
    }).catch((cause: unknown) => {
      throw rigError("WORKLOAD_NOT_READY", `${this.kind} did not become ready: ${last}`, {
        expected: `it to within ${READY_TIMEOUT_MS / 1000} s`,
        fix: `look at the pods of the namespace ${WORKLOADS_NAMESPACE} with \`kubectl describe\``,
        cause,
      });
    });
  }

  private pods() {
    const labelSelector = `${LABEL_WORKLOAD}=${this.kind}`;
    return this.core.listNamespacedPod({ namespace: WORKLOADS_NAMESPACE, labelSelector });
  }

  private service(): Promise<V1Service> {
    return this.core.readNamespacedService({ name: this.kind, namespace: WORKLOADS_NAMESPACE });
  }
}

function portOf({ metadata, spec }: V1Service, name: string | undefined) {
  const ports = spec?.ports ?? [];
  const found = name === undefined ? ports[0] : ports.find((port) => port.name === name);
  if (found) return found;
  throw rigError("NO_SUCH_PORT", `the service ${metadata?.name} has no port ${name ?? ""}`, {
    expected: ports.map((port) => port.name ?? "").join(", "),
  });
}
