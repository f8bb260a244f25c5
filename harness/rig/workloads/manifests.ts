import type {
  KubernetesObject,
  V1ConfigMap,
  V1PersistentVolumeClaim,
  V1Secret,
  V1Service,
  V1StatefulSet,
} from "@kubernetes/client-node";

import { STORAGE_CLASS } from "../local-path.ts";
import {
  ANNOTATION_NODE,
  DATA_PATH,
  FILES_PATH,
  LABEL_WORKLOAD,
  type WorkloadDefinition,
  WORKLOADS_NAMESPACE,
} from "./workload.ts";

export interface WorkloadPlace {
  /** Image reference on the node. */
  image: string;
  node: string;
}

/** Where a workload's data lies on its node. */
const dataFolder = (kind: string): string => `/var/lib/edgeproof/workloads/${kind}`;

/**
 * One server pinned to one node, with a folder of that node's disk, so that what it had acknowledged is there again after
 * its process or its node was killed. A StatefulSet, as two of them must never write into one folder.
 */
export function workloadObjects(
  definition: WorkloadDefinition,
  { image, node }: WorkloadPlace,
): [V1ConfigMap, V1Service, V1StatefulSet] {
  const { kind, ports, command, args, files, memoryMiB, volume, secrets = [] } = definition;
  const labels = { [LABEL_WORKLOAD]: kind };
  const metadata = { name: kind, namespace: WORKLOADS_NAMESPACE, labels };
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { ...files } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...metadata, annotations: { [ANNOTATION_NODE]: node } },
      spec: {
        type: "NodePort",
        selector: labels,
        ports: ports.map(({ name, port }) => ({ name, port, targetPort: port })),
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata,
      spec: {
        replicas: 1,
        serviceName: kind,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            nodeSelector: { "kubernetes.io/hostname": node },
            terminationGracePeriodSeconds: 5,
            // It belongs to its node and its disk: nothing is won by evicting it.
            tolerations: [{ operator: "Exists" }],
            containers: [
              {
                name: kind,
                image,
                imagePullPolicy: "Never",
                ...(command ? { command: [...command] } : {}),
                args: [...args],
                ...(secrets.length > 0 ? { envFrom: [{ secretRef: { name: kind } }] } : {}),
                ports: ports.map(({ name, port }) => ({ name, containerPort: port })),
                readinessProbe: { tcpSocket: { port: ports[0].port }, periodSeconds: 1 },
                resources: {
                  requests: { cpu: "10m", memory: "32Mi" },
                  limits: { memory: `${memoryMiB}Mi` },
                },
                // The folder on the node belongs to root, and an image FROM scratch has no program to change that.
                securityContext: {
                  runAsUser: 0,
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                },
                volumeMounts: [
                  { name: "data", mountPath: DATA_PATH },
                  { name: "files", mountPath: FILES_PATH, readOnly: true },
                ],
              },
            ],
            volumes: [
              volume
                ? { name: "data", persistentVolumeClaim: { claimName: kind } }
                : { name: "data", hostPath: { path: dataFolder(kind), type: "DirectoryOrCreate" } },
              { name: "files", configMap: { name: kind } },
            ],
          },
        },
      },
    },
  ];
}

/** What the StatefulSet names, and what is there before it: its keys, and the claim of its volume. */
export function workloadNeeds(
  { kind, volume, secrets = [] }: WorkloadDefinition,
  values: Readonly<Record<string, string>>,
): KubernetesObject[] {
  const metadata = { name: kind, namespace: WORKLOADS_NAMESPACE, labels: { [LABEL_WORKLOAD]: kind } };
  const secret: V1Secret = { apiVersion: "v1", kind: "Secret", metadata, stringData: { ...values } };
  const claim: V1PersistentVolumeClaim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata,
    spec: {
      storageClassName: STORAGE_CLASS,
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: `${volume?.sizeMiB ?? 0}Mi` } },
    },
  };
  return [...(secrets.length > 0 ? [secret] : []), ...(volume ? [claim] : [])];
}
