import { expect } from "chai";

import { LABEL_FUNCTION } from "../manifests.ts";
import { configuration } from "./configuration.ts";

interface Made {
  spec: {
    template: {
      metadata: { labels: Record<string, string>; annotations: Record<string, string> };
      spec: Record<string, unknown> & { containers: { image: string; readinessProbe: object }[] };
    };
  };
}

const autoscale = { minReplicas: 0, maxReplicas: 8, targetConcurrency: 2 };
const made = (more: object = {}) =>
  configuration({ name: "fib", image: "edgeproof.local/fib:1", autoscale, ...more }, 2) as unknown as Made;

describe("a function as a Configuration", () => {
  const { template } = made().spec;

  it("starts with no pod, and scales by the requests in flight", () => {
    expect(template.metadata.annotations).to.deep.equal({
      "autoscaling.knative.dev/metric": "concurrency",
      "autoscaling.knative.dev/target": "2",
      "autoscaling.knative.dev/target-utilization-percentage": "100",
      "autoscaling.knative.dev/initial-scale": "0",
      "autoscaling.knative.dev/min-scale": "0",
      "autoscaling.knative.dev/max-scale": "8",
    });
  });

  it("labels its pods, by which faults, watches and the spread find them", () => {
    expect(template.metadata.labels).to.deep.equal({ [LABEL_FUNCTION]: "fib" });
  });

  it("has no field that Knative refuses, and no period, which would slow its probe to whole seconds", () => {
    expect(template.spec).to.not.have.property("terminationGracePeriodSeconds");
    expect(template.spec.containers[0]?.readinessProbe).to.deep.equal({
      httpGet: { path: "/healthz", port: 8080 },
    });
  });

  it("keeps to a device class if asked to", () => {
    expect(template.spec).to.not.have.property("nodeSelector");
    expect(made({ deviceClass: "pi3" }).spec.template.spec.nodeSelector).to.deep.equal({
      "edgeproof.dev/device-class": "pi3",
    });
  });
});
