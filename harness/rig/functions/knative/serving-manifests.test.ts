import { expect } from "chai";

import { loadTopology } from "../../../config/load.ts";
import { SERVING_PROGRAMS, servingManifests, type ServingProgram } from "./serving-manifests.ts";

const images = Object.fromEntries(
  SERVING_PROGRAMS.map((name) => [name, `edgeproof.local/knative-${name}:1`]),
) as Record<ServingProgram, string>;

const TEXT = `
apiVersion: v1
kind: Namespace
metadata: { name: knative-serving }
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: revisions.serving.knative.dev }
spec: { x-kubernetes-preserve-unknown-fields: true }
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: config-deployment
  namespace: knative-serving
  labels: { app: x }
  annotations: { knative.dev/example-checksum: "1" }
data:
  queue-sidecar-image: ko://knative.dev/serving/cmd/queue
  _example: progress-deadline
---
apiVersion: v1
kind: ConfigMap
metadata: { name: config-autoscaler, namespace: knative-serving }
data: { _example: "stable-window" }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: activator, namespace: knative-serving }
spec:
  template:
    spec:
      containers:
        - name: activator
          image: ko://knative.dev/serving/cmd/activator
          resources: { requests: { cpu: 300m }, limits: { memory: 600Mi } }
          readinessProbe: { httpGet: { port: 8012 }, periodSeconds: 5 }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: activator, namespace: knative-serving }
---
apiVersion: v1
kind: Namespace
metadata: { name: knative-serving }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: config.webhook.serving.knative.dev }
`;

describe("Knative's own manifests", () => {
  const topology = {
    ...loadTopology("quickstart"),
    knative: {
      release: undefined,
      stableWindowSeconds: 6,
      scaleToZeroGracePeriodSeconds: 3,
      meshCompatibilityMode: "auto" as const,
    },
  };
  const waves = servingManifests(TEXT, topology, { images });
  const named = (name: string) =>
    waves.flat().find(({ metadata }) => metadata?.name === name) as unknown as {
      metadata: object;
      data: Record<string, string>;
      spec: { template: { spec: { nodeSelector: object; containers: Record<string, unknown>[] } } };
    };

  it("come types first, what a webhook would refuse before the webhook, each object once", () => {
    expect(waves.map((wave) => wave.map(({ kind }) => kind))).to.deep.equal([
      ["Namespace", "CustomResourceDefinition"],
      ["ConfigMap", "ConfigMap"],
      ["Deployment", "ValidatingWebhookConfiguration"],
    ]);
  });

  it("name the images that lie on the nodes, the sidecar's in its setting, and no other", () => {
    expect(named("config-deployment").data["queue-sidecar-image"]).to.equal(images.queue);
    expect(JSON.stringify(waves)).to.not.contain("ko://");
    const [container] = named("activator").spec.template.spec.containers;
    expect(container).to.deep.include({ image: images.activator, imagePullPolicy: "Never" });
  });

  it("run beside the control plane, ask for little, keep their limits and are probed every second", () => {
    const { nodeSelector, containers } = named("activator").spec.template.spec;
    expect(nodeSelector).to.deep.equal({ "edgeproof.dev/role": "server" });
    expect(containers[0]).to.deep.include({
      resources: { requests: { cpu: "10m", memory: "40Mi" }, limits: { memory: "600Mi" } },
      readinessProbe: { httpGet: { port: 8012 }, periodSeconds: 1 },
    });
  });

  it("are set by the topology, without the example whose checksum would not fit any more", () => {
    expect(named("config-autoscaler").data).to.deep.equal({
      "allow-zero-initial-scale": "true",
      "stable-window": "6s",
      "scale-to-zero-grace-period": "3s",
      "target-burst-capacity": "-1",
    });
    expect(named("config-deployment").metadata).to.not.have.property("annotations");
    expect(named("config-deployment").data).to.not.have.property("_example");
    expect(named("config-deployment").metadata).to.deep.include({ labels: { app: "x" } });
  });

  it("of a release keep their images and are routed by Kourier", () => {
    const released = servingManifests(
      TEXT.replaceAll("ko://knative.dev/serving/cmd/", "registry.test/"),
      topology,
      {
        images: undefined,
      },
    ).flat();
    const text = JSON.stringify(released);
    expect(text).to.contain("registry.test/activator").and.to.not.contain("imagePullPolicy");
    const network = servingManifests(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: config-network }",
      topology,
      { images: undefined },
    )[1]?.[0];
    expect(network).to.deep.include({
      data: {
        "ingress-class": "kourier.ingress.networking.knative.dev",
        "mesh-compatibility-mode": "auto",
      },
    });
  });

  it("keep what the API's own client does not know", () => {
    expect(named("revisions.serving.knative.dev").spec).to.deep.equal({
      "x-kubernetes-preserve-unknown-fields": true,
    });
  });
});
