import { CoreV1Api } from "@kubernetes/client-node";

import { usageError } from "../../../harness/errors.ts";
import type { StreamTalk } from "../../probe/stream-plan.ts";
import type { FaultRig } from "../fault-rig.ts";

/** Where workloads live, and how they are told apart (harness/rig/workloads/workload.ts). */
const NAMESPACE = "edgeproof-workloads";
const LABEL_WORKLOAD = "edgeproof.dev/workload";
const ANNOTATION_NODE = "edgeproof.dev/node";

/** MQTT 3.1.1, 3.1: a clean session without a client identifier; the answer is the first half of a CONNACK. */
const MQTT_CONNECT = "\x10\x0c\x00\x04MQTT\x04\x02\x00\x0a\x00\x00";

/** The least that is said with a broker to know that it answers. */
export const WORKLOAD_TALKS: Readonly<Record<string, StreamTalk>> = {
  mosquitto: { request: MQTT_CONNECT, answer: "\x20\x02" },
  // The server speaks first (INFO), which is no answer.
  nats: { request: 'CONNECT {"verbose":false}\r\nPING\r\n', answer: "PONG\r\n" },
};

export interface WorkloadPod {
  node: string;
  /** Of its container in the runtime, such as `4f2a...`; empty while there is none. */
  container: string;
  ready: boolean;
  restarts: number;
}

const noSuch = (kind: string, cause?: unknown) =>
  usageError("NO_SUCH_WORKLOAD", `no workload ${kind} is there`, {
    expected: "one of the topology's `workloads`",
    ...(cause === undefined ? {} : { cause }),
  });

/** @throws EdgeproofError (usage) where the rig has no such workload. */
export async function workloadPod({ kube }: FaultRig, kind: string): Promise<WorkloadPod> {
  const { items } = await kube
    .makeApiClient(CoreV1Api)
    .listNamespacedPod({ namespace: NAMESPACE, labelSelector: `${LABEL_WORKLOAD}=${kind}` });
  const [pod] = items;
  if (!pod) throw noSuch(kind);
  const status = pod.status?.containerStatuses?.[0];
  return {
    node: pod.spec?.nodeName ?? "",
    container: status?.state?.running ? (status.containerID?.split("//")[1] ?? "") : "",
    ready: status?.ready ?? false,
    restarts: status?.restartCount ?? 0,
  };
}

/** Its node, and the node port of its main port. */
export async function workloadPort(
  { kube }: FaultRig,
  kind: string,
): Promise<{ node: string; port: number }> {
  const { metadata, spec } = await kube
    .makeApiClient(CoreV1Api)
    .readNamespacedService({ name: kind, namespace: NAMESPACE })
    .catch((cause: unknown) => {
      throw noSuch(kind, cause);
    });
  const port = spec?.ports?.[0]?.nodePort;
  const node = metadata?.annotations?.[ANNOTATION_NODE];
  if (port === undefined || node === undefined) throw noSuch(kind);
  return { node, port };
}
