import type { CoreV1Api, V1Deployment, V1Service, V2HorizontalPodAutoscaler } from "@kubernetes/client-node";

import { LABEL_CLASS } from "../node-labels.ts";
import type { AutoscaledSpec, FunctionPlace, FunctionSpec } from "./functions-layer.ts";

/** Of the functions. */
export const NAMESPACE = "edgeproof";
export const LABEL_FUNCTION = "edgeproof.dev/function";
/** Beside it there may be sidecars of a layer. */
export const FUNCTION_CONTAINER = "function";
export const FUNCTION_PORT = 8080;

export async function ensureNamespace(core: CoreV1Api, name = NAMESPACE): Promise<void> {
  await core.createNamespace({ body: { metadata: { name } } }).catch((error: unknown) => {
    if ((error as { code?: number }).code !== 409) throw error;
  });
}

const fromField = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

export const functionLabels = ({ name }: { name: string }): Record<string, string> => ({
  [LABEL_FUNCTION]: name,
});

/** Kubernetes takes one name a term, and any of the terms. */
const onNodes = (names: readonly string[]) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: names.map((name) => ({
        matchFields: [{ key: "metadata.name", operator: "In", values: [name] }],
      })),
    },
  },
});

/**
 * What all layers' pods have in common. They spread over nodes one by one, so that every device class serves; a dead
 * node does not count, else its replacement could never be placed.
 */
export function podSpec(spec: FunctionPlace, tolerationSeconds: number) {
  const evictAfter = (key: string) => ({
    key: `node.kubernetes.io/${key}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds,
  });
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(spec.nodes ? { affinity: onNodes(spec.nodes) } : {}),
    ...(spec.deviceClass && !spec.nodes ? { nodeSelector: { [LABEL_CLASS]: spec.deviceClass } } : {}),
    tolerations: [evictAfter("unreachable"), evictAfter("not-ready")],
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "DoNotSchedule",
        nodeTaintsPolicy: "Honor",
        labelSelector: { matchLabels: functionLabels(spec) },
      },
    ],
  };
}

/** The function's own container; probed at `/healthz`, which does not call the function. */
export const functionContainer = ({ image, env = {}, secret, slow, pull = "Never" }: FunctionPlace) => ({
  name: FUNCTION_CONTAINER,
  image,
  imagePullPolicy: pull,
  ports: [{ containerPort: FUNCTION_PORT }],
  env: [
    fromField("POD_NAME", "metadata.name"),
    fromField("POD_UID", "metadata.uid"),
    fromField("NODE_NAME", "spec.nodeName"),
    ...Object.entries(env).map(([name, value]) => ({ name, value })),
    ...(slow === undefined ? [] : [{ name: "EDGEPROOF_SLOW", value: String(slow) }]),
  ],
  ...(secret === undefined ? {} : { envFrom: [{ secretRef: { name: secret } }] }),
  readinessProbe: { httpGet: { path: "/healthz", port: FUNCTION_PORT } },
  resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "128Mi" } },
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
});

/** A new pod is probed every second, the finest Kubernetes has. */
export function deployment(
  spec: FunctionSpec,
  tolerationSeconds: number,
  namespace = NAMESPACE,
): V1Deployment {
  const labels = functionLabels(spec);
  const { readinessProbe, ...container } = functionContainer(spec);
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: spec.name, namespace, labels },
    spec: {
      replicas: spec.replicas,
      selector: { matchLabels: labels },
      strategy: { rollingUpdate: { maxSurge: "100%", maxUnavailable: 0 } },
      template: {
        metadata: { labels },
        spec: {
          ...podSpec(spec, tolerationSeconds),
          terminationGracePeriodSeconds: 5,
          containers: [{ ...container, readinessProbe: { ...readinessProbe, periodSeconds: 1 } }],
        },
      },
    },
  };
}

const CPU_TARGET_MILLIS = 200;

/** Scales out at once, and in after 15 s without a need: the default of five minutes outlasts any phase. */
export function autoscaler(
  { name, autoscale }: AutoscaledSpec,
  namespace = NAMESPACE,
): V2HorizontalPodAutoscaler {
  const { minReplicas, maxReplicas, targetCpuMillis = CPU_TARGET_MILLIS } = autoscale;
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name, namespace, labels: functionLabels({ name }) },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas,
      maxReplicas,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "AverageValue", averageValue: `${targetCpuMillis}m` } },
        },
      ],
      behavior: { scaleUp: { stabilizationWindowSeconds: 0 }, scaleDown: { stabilizationWindowSeconds: 15 } },
    },
  };
}

export function service(spec: FunctionSpec, namespace = NAMESPACE): V1Service {
  const labels = functionLabels(spec);
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: spec.name, namespace, labels },
    spec: {
      type: "NodePort",
      selector: labels,
      ports: [{ name: "http", port: 80, targetPort: FUNCTION_PORT }],
    },
  };
}
