import type { V1Deployment, V1Service } from "@kubernetes/client-node";

import { LABEL_CLASS } from "../node-labels.ts";
import type { FunctionSpec } from "./functions-layer.ts";

export const NAMESPACE = "edgeproof";
export const LABEL_FUNCTION = "edgeproof.dev/function";
const FUNCTION_PORT = 8080;

const fromField = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

/**
 * Pods spread over nodes one by one, so that every device class serves; a dead node does not count, else its
 * replacement could never be placed. A new pod is probed every second, the finest Kubernetes has.
 */
export function deployment(spec: FunctionSpec, tolerationSeconds: number): V1Deployment {
  const labels = { [LABEL_FUNCTION]: spec.name };
  const evictAfter = (key: string) => ({
    key: `node.kubernetes.io/${key}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds,
  });
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: spec.name, namespace: NAMESPACE, labels },
    spec: {
      replicas: spec.replicas,
      selector: { matchLabels: labels },
      strategy: { rollingUpdate: { maxSurge: "100%", maxUnavailable: 0 } },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 5,
          ...(spec.deviceClass ? { nodeSelector: { [LABEL_CLASS]: spec.deviceClass } } : {}),
          tolerations: [evictAfter("unreachable"), evictAfter("not-ready")],
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "DoNotSchedule",
              nodeTaintsPolicy: "Honor",
              labelSelector: { matchLabels: labels },
            },
          ],
          containers: [
            {
              name: "function",
              image: spec.image,
              imagePullPolicy: "Never",
              ports: [{ containerPort: FUNCTION_PORT }],
              env: [
                fromField("POD_NAME", "metadata.name"),
                fromField("POD_UID", "metadata.uid"),
                fromField("NODE_NAME", "spec.nodeName"),
              ],
              readinessProbe: { httpGet: { path: "/healthz", port: FUNCTION_PORT }, periodSeconds: 1 },
              resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "128Mi" } },
              securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
            },
          ],
        },
      },
    },
  };
}

export function service(spec: FunctionSpec): V1Service {
  const labels = { [LABEL_FUNCTION]: spec.name };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: spec.name, namespace: NAMESPACE, labels },
    spec: {
      type: "NodePort",
      selector: labels,
      ports: [{ name: "http", port: 80, targetPort: FUNCTION_PORT }],
    },
  };
}
