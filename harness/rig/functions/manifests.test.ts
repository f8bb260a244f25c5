import { expect } from "chai";

import { LABEL_CLASS } from "../node-labels.ts";
import { autoscaler, deployment, service } from "./manifests.ts";

const spec = { name: "fib", image: "edgeproof.local/fib:1", replicas: 3 };

describe("manifests of a function", () => {
  const made = deployment(spec, 2).spec!;
  const pod = made.template.spec!;
  const container = pod.containers[0]!;

  it("make pods that the deployment, the service and the spread all find", () => {
    const labels = made.template.metadata?.labels;
    expect(made.replicas).to.equal(3);
    expect(made.selector.matchLabels).to.deep.equal(labels);
    expect(service(spec).spec?.selector).to.deep.equal(labels);
    expect(pod.topologySpreadConstraints?.[0]?.labelSelector?.matchLabels).to.deep.equal(labels);
    expect(deployment({ ...spec, name: "hello" }, 2).spec?.selector.matchLabels).to.not.deep.equal(labels);
  });

  it("lead the service's port to the container's, which is the one probed", () => {
    const target = service(spec).spec?.ports?.[0]?.targetPort;
    expect(service(spec).spec?.type).to.equal("NodePort");
    expect(container.ports?.map(({ containerPort }) => containerPort)).to.deep.equal([target]);
    expect(container.readinessProbe?.httpGet?.port).to.equal(target);
    expect(container.readinessProbe?.periodSeconds).to.equal(1);
  });

  it("never pull the image, which is on the nodes already", () => {
    expect(container).to.include({ image: spec.image, imagePullPolicy: "Never" });
  });

  it("tell the function who it is, as its answers' headers say", () => {
    const fields = container.env?.map(({ name, valueFrom }) => [name, valueFrom?.fieldRef?.fieldPath]);
    expect(fields).to.deep.equal([
      ["POD_NAME", "metadata.name"],
      ["POD_UID", "metadata.uid"],
      ["NODE_NAME", "spec.nodeName"],
    ]);
  });

  it("let a pod go from a dead node after the topology's time, for both ways of being dead", () => {
    const evicted = pod.tolerations?.map(({ key, tolerationSeconds }) => [key, tolerationSeconds]);
    expect(evicted).to.deep.equal([
      ["node.kubernetes.io/unreachable", 2],
      ["node.kubernetes.io/not-ready", 2],
    ]);
  });

  it("scale with the CPU that pods use, and the autoscaler finds the deployment", () => {
    const autoscale = { minReplicas: 1, maxReplicas: 6, targetConcurrency: 1, targetCpuMillis: 150 };
    const { spec: scaled } = autoscaler({ name: "fib", image: spec.image, autoscale });
    expect(scaled?.scaleTargetRef).to.include({ kind: "Deployment", name: "fib" });
    expect(scaled).to.include({ minReplicas: 1, maxReplicas: 6 });
    expect(scaled?.metrics?.[0]?.resource?.target).to.deep.equal({
      type: "AverageValue",
      averageValue: "150m",
    });
  });

  it("keep a function to one device class if asked to, and to none else", () => {
    expect(pod).to.not.have.property("nodeSelector");
    const bound = deployment({ ...spec, deviceClass: "pi3" }, 2).spec?.template.spec;
    expect(bound?.nodeSelector).to.deep.equal({ [LABEL_CLASS]: "pi3" });
  });
});
