import type { KubernetesObject } from "@kubernetes/client-node";
import { parseAllDocuments } from "yaml";

import type { Topology } from "../../../config/model.ts";
import { LABEL_NODE_ROLE } from "../../node-labels.ts";

export const SERVING_NAMESPACE = "knative-serving";

/** Knative's programs that run as Deployments; the sidecar `queue` runs beside each function. */
export const SERVING_DEPLOYMENTS = ["activator", "autoscaler", "controller", "webhook"] as const;
export const SERVING_PROGRAMS = [...SERVING_DEPLOYMENTS, "queue"] as const;
export type ServingProgram = (typeof SERVING_PROGRAMS)[number];

type Manifest = KubernetesObject & Record<string, unknown>;

interface PodTemplate {
  spec: {
    nodeSelector?: Record<string, string>;
    containers: {
      imagePullPolicy?: string;
      resources?: unknown;
      readinessProbe?: { periodSeconds?: number };
    }[];
  };
}

/** Autoscalers and disruption budgets of Knative's own pods, and objects that only its ingresses or caches read. */
const LEFT_OUT = new Set(["HorizontalPodAutoscaler", "PodDisruptionBudget", "Image", "Certificate"]);

/** Small enough for a rig on two cores; limits stay as Knative sets them. */
const REQUESTS = { cpu: "10m", memory: "40Mi" };

/**
 * What differs from Knative's defaults: the topology's timings, images that lie on the nodes and have no registry to be
 * resolved by, a first scale of zero, and the pod fields that edgeproof's functions use.
 */
const settings = ({ knative }: Topology): Record<string, Record<string, string>> => ({
  "config-autoscaler": {
    "allow-zero-initial-scale": "true",
    "stable-window": `${knative.stableWindowSeconds}s`,
    "scale-to-zero-grace-period": `${knative.scaleToZeroGracePeriodSeconds}s`,
    // Always by way of the activator: without an ingress there is no other, and it is what holds requests back.
    "target-burst-capacity": "-1",
  },
  "config-deployment": {
    "registries-skipping-tag-resolving": "edgeproof.local",
    "queue-sidecar-cpu-request": "10m",
  },
  "config-features": {
    "kubernetes.podspec-fieldref": "enabled",
    "kubernetes.podspec-nodeselector": "enabled",
    "kubernetes.podspec-tolerations": "enabled",
    "kubernetes.podspec-topologyspreadconstraints": "enabled",
  },
  "config-network": { "mesh-compatibility-mode": knative.meshCompatibilityMode },
});

/** Domain of functions on a release's routes; in no DNS (RFC 2606), as users send it as the Host. */
export const FUNCTIONS_DOMAIN = "edgeproof.test";

/** What a release needs beyond that: its routes are Kourier's. */
const RELEASE_SETTINGS: Record<string, Record<string, string>> = {
  "config-network": { "ingress-class": "kourier.ingress.networking.knative.dev" },
  "config-domain": { [FUNCTIONS_DOMAIN]: "" },
};

/** Pods beside the control plane, with images that are there, and asked as often as Kubernetes can whether they are ready. */
function placed(deployment: Manifest, built: boolean): Manifest {
  const { template } = (deployment as unknown as { spec: { template: PodTemplate } }).spec;
  template.spec.nodeSelector = { [LABEL_NODE_ROLE]: "server" };
  for (const container of template.spec.containers) {
    if (built) container.imagePullPolicy = "Never";
    container.resources = { ...(container.resources ?? {}), requests: REQUESTS };
    if (container.readinessProbe) container.readinessProbe.periodSeconds = 1;
  }
  return deployment;
}

/** Knative refuses a ConfigMap whose example differs from the checksum beside it, so it goes with its example. */
function configured(map: Manifest, set: Record<string, string>): Manifest {
  const { _example: _, ...data } = (map.data ?? {}) as Record<string, string>;
  const { annotations: __, ...metadata } = map.metadata ?? {};
  return { ...map, metadata, data: { ...data, ...set } };
}

const waveOf = ({ kind = "" }: Manifest): number => {
  if (kind === "Namespace" || kind === "CustomResourceDefinition") return 0;
  // Until the webhook runs, its configuration refuses what it is asked about, ConfigMaps included.
  return kind === "Deployment" || kind.endsWith("WebhookConfiguration") ? 2 : 1;
};

export interface ServingImages {
  /** Image reference on the nodes, by program; undefined: those that a release's manifests name. */
  images: Readonly<Record<ServingProgram, string>> | undefined;
}

/**
 * Knative Serving's own manifests for this rig, in three waves of objects; each wave needs the one before.
 *
 * @param text the YAML files of the modules that the lock pins, or of a release.
 */
export function servingManifests(text: string, topology: Topology, { images }: ServingImages): Manifest[][] {
  const named = text.replaceAll(/ko:\/\/knative\.dev\/serving\/cmd\/(\w+)/g, (whole, program: string) =>
    images && Object.hasOwn(images, program) ? images[program as ServingProgram] : whole,
  );
  const own = settings(topology);
  const set = (name: string) => ({ ...own[name], ...(images ? {} : RELEASE_SETTINGS[name]) });
  const waves: Manifest[][] = [[], [], []];
  const seen = new Set<string>();
  for (const document of parseAllDocuments(named)) {
    const object = document.toJS() as Manifest | null;
    if (!object?.kind || LEFT_OUT.has(object.kind)) continue;
    const { namespace, name = "" } = object.metadata ?? {};
    const key = [object.kind, namespace, name].join(" ");
    if (seen.has(key)) continue;
    seen.add(key);
    const made =
      object.kind === "Deployment"
        ? placed(object, images !== undefined)
        : object.kind === "ConfigMap"
          ? configured(object, set(name))
          : object;
    waves[waveOf(made)]!.push(made);
  }
  return waves;
}
