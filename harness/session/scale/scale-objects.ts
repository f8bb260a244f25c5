import type { KubernetesObject, V1Node, V1Pod } from "@kubernetes/client-node";

/** Of everything that `edgeproof scale` makes in the cluster. */
export const SCALE_LABEL = "edgeproof.dev/scale";
/** Where its pods are; also the name of what kwok may do, and of who it is. */
export const SCALE_NAMESPACE = "edgeproof-scale";
const SIMULATED = "simulated";
/** Selects what is simulated, and nothing of the rig's own. */
export const SCALE_SELECTOR = `${SCALE_LABEL}=${SIMULATED}`;

const NODE_PREFIX = "scale-";
export const nodeName = (index: number): string => `${NODE_PREFIX}${String(index).padStart(5, "0")}`;
/** A name that only `nodeName` gives. */
export const isSimulatedName = (name: string): boolean => /^scale-\d{5,}$/.test(name);

const labels = { [SCALE_LABEL]: SIMULATED };

/** A small board; the scheduler has to find one with room. Nothing but scale's own pods tolerates its taint. */
export const simulatedNode = (index: number): V1Node => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: {
    name: nodeName(index),
    labels: { ...labels, "kubernetes.io/hostname": nodeName(index), "kubernetes.io/os": "linux" },
    annotations: { "kwok.x-k8s.io/node": "fake" },
  },
  spec: { taints: [{ key: SCALE_LABEL, value: SIMULATED, effect: "NoSchedule" }] },
  status: {
    allocatable: { cpu: "4", memory: "4Gi", pods: "110" },
    capacity: { cpu: "4", memory: "4Gi", pods: "110" },
  },
});

/** Stateless in the SLI's sense: it mounts nothing at all. No image is pulled, as no kubelet runs it. */
export const simulatedPod = (name: string): V1Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: SCALE_NAMESPACE, labels },
  spec: {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 0,
    nodeSelector: labels,
    tolerations: [{ key: SCALE_LABEL, operator: "Exists" }],
    containers: [
      {
        name: "main",
        image: "edgeproof.invalid/simulated",
        resources: { requests: { cpu: "10m", memory: "10Mi" } },
      },
    ],
  },
});

const subject = { kind: "ServiceAccount", name: SCALE_NAMESPACE, namespace: SCALE_NAMESPACE };
const metadata = { name: SCALE_NAMESPACE, labels };

/** The namespace, and what kwok may do: no more than it does, so that its token opens nothing else. */
export const supportObjects = (): KubernetesObject[] =>
  [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { ...metadata, namespace: SCALE_NAMESPACE } },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata,
      rules: [
        { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
        { apiGroups: [""], resources: ["nodes/status", "pods/status"], verbs: ["patch", "update"] },
        {
          apiGroups: [""],
          resources: ["pods"],
          verbs: ["get", "list", "watch", "patch", "update", "delete"],
        },
        { apiGroups: [""], resources: ["events"], verbs: ["create", "patch", "update"] },
        {
          apiGroups: ["coordination.k8s.io"],
          resources: ["leases"],
          verbs: ["create", "get", "list", "patch", "update", "watch"],
        },
      ],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: SCALE_NAMESPACE },
      subjects: [subject],
    },
    {
      // Kubelets' calls have the priority level `node-high`; those of a service account would queue behind everybody's.
      apiVersion: "flowcontrol.apiserver.k8s.io/v1",
      kind: "FlowSchema",
      metadata,
      spec: {
        priorityLevelConfiguration: { name: "node-high" },
        matchingPrecedence: 400,
        distinguisherMethod: { type: "ByUser" },
        rules: [
          {
            subjects: [
              {
                kind: "ServiceAccount",
                serviceAccount: { name: SCALE_NAMESPACE, namespace: SCALE_NAMESPACE },
              },
            ],
            resourceRules: [
              { verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"] },
            ],
          },
        ],
      },
    },
  ] as KubernetesObject[];

export const scaleNamespace = (): KubernetesObject => ({ apiVersion: "v1", kind: "Namespace", metadata });
