import type { KubernetesObject } from "@kubernetes/client-node";

import type { AutoscaledSpec } from "../functions-layer.ts";
import { functionContainer, functionLabels, NAMESPACE, podSpec } from "../manifests.ts";

const SERVING_API = "serving.knative.dev/v1";
const AUTOSCALING = "autoscaling.knative.dev";

/**
 * A Configuration, not a Service: without an ingress, a Route never becomes Ready. The readiness probe has no period,
 * which Knative takes as "as soon as it is".
 */
export const configuration = (spec: AutoscaledSpec, tolerationSeconds: number): KubernetesObject =>
  serving("Configuration", spec, tolerationSeconds);

/** Where an ingress makes its Route ready. */
export const routedService = (spec: AutoscaledSpec, tolerationSeconds: number): KubernetesObject =>
  serving("Service", spec, tolerationSeconds);

function serving(
  kind: "Configuration" | "Service",
  spec: AutoscaledSpec,
  tolerationSeconds: number,
): KubernetesObject {
  const { minReplicas, maxReplicas, initialReplicas = 0, targetConcurrency } = spec.autoscale;
  const labels = functionLabels(spec);
  const made = {
    apiVersion: SERVING_API,
    kind,
    metadata: { name: spec.name, namespace: NAMESPACE, labels },
    spec: {
      template: {
        metadata: {
          labels,
          annotations: {
            [`${AUTOSCALING}/metric`]: "concurrency",
            [`${AUTOSCALING}/target`]: String(targetConcurrency),
            [`${AUTOSCALING}/target-utilization-percentage`]: "100",
            [`${AUTOSCALING}/initial-scale`]: String(initialReplicas),
            [`${AUTOSCALING}/min-scale`]: String(minReplicas),
            [`${AUTOSCALING}/max-scale`]: String(maxReplicas),
          },
        },
        spec: { ...podSpec(spec, tolerationSeconds), containers: [functionContainer(spec)] },
      },
    },
  };
  return made;
}
