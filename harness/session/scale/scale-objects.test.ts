import type { V1Node } from "@kubernetes/client-node";
import { expect } from "chai";

import { allStarted, isUsable } from "./census.ts";
import { kwokConfig } from "./kwok.ts";
import {
  isSimulatedName,
  nodeName,
  SCALE_LABEL,
  simulatedNode,
  simulatedPod,
  supportObjects,
} from "./scale-objects.ts";

describe("simulated nodes", () => {
  it("have names that no node of a topology is taken for", () => {
    expect([0, 99_999, 123_456].map((index) => isSimulatedName(nodeName(index)))).to.deep.equal([
      true,
      true,
      true,
    ]);
    expect(["scale-1", "edge-1", "scale-00001x"].map(isSimulatedName)).to.deep.equal([false, false, false]);
  });

  it("are usable once Ready and free of the cluster's own taints", () => {
    const node = simulatedNode(1);
    expect(isUsable(node)).to.equal(false);
    const ready: V1Node = {
      metadata: node.metadata!,
      spec: node.spec!,
      status: { conditions: [{ type: "Ready", status: "True" }] },
    };
    expect(isUsable(ready)).to.equal(true);
    const tainted = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" };
    expect(isUsable({ status: ready.status!, spec: { taints: [...node.spec!.taints!, tainted] } })).to.equal(
      false,
    );
  });

  it("take only pods that tolerate their taint, and these go nowhere else", () => {
    const [taint] = simulatedNode(1).spec!.taints!;
    const { spec } = simulatedPod("a");
    expect(taint).to.include({ key: SCALE_LABEL, effect: "NoSchedule" });
    expect(spec?.tolerations).to.deep.equal([{ key: SCALE_LABEL, operator: "Exists" }]);
    expect(simulatedNode(1).metadata?.labels).to.include(spec!.nodeSelector!);
  });
});

describe("simulated pods", () => {
  it("are stateless in the SLI's sense: they mount nothing", () => {
    const { spec } = simulatedPod("a");
    expect([spec?.volumes, spec?.automountServiceAccountToken]).to.deep.equal([undefined, false]);
  });

  it("have started once no container waits, be it that it ended", () => {
    const pod = simulatedPod("a");
    const states = (...all: object[]) => ({
      spec: pod.spec!,
      status: { containerStatuses: all.map((state) => ({ state })) as never },
    });
    expect(allStarted(pod)).to.equal(false);
    expect(allStarted(states({ waiting: {} }))).to.equal(false);
    expect(allStarted(states({ running: {} }))).to.equal(true);
    expect(allStarted(states({ terminated: {} }))).to.equal(true);
    expect(allStarted(states())).to.equal(false);
  });
});

describe("kwok", () => {
  it("may change statuses, leases and pods, and no node", () => {
    const role = supportObjects().find(({ kind }) => kind === "ClusterRole") as unknown as {
      rules: { resources: string[]; verbs: string[] }[];
    };
    const on = (resource: string) => role.rules.find(({ resources }) => resources.includes(resource))?.verbs;
    expect(on("nodes")).to.deep.equal(["get", "list", "watch"]);
    expect(on("secrets")).to.equal(undefined);
    expect(role.rules.flatMap(({ verbs }) => verbs)).to.not.include("*");
  });

  const stages = [
    "kind: Stage\nmetadata: { name: node-initialize }\nspec: {}",
    "kind: Stage\nmetadata: { name: node-heartbeat-with-lease }\nspec: { delay: { durationMilliseconds: 600000 } }",
    "kind: Kustomization",
  ].join("\n---\n");

  it("tells nodes' statuses as often as kubelets do, and is given its own stages otherwise", () => {
    const config = kwokConfig(stages);
    expect(config)
      .to.match(/durationMilliseconds: 300000/)
      .and.to.not.match(/600000|Kustomization/);
    expect(config).to.contain("name: node-initialize");
  });

  it("is not started without heartbeats", () =>
    expect(() => kwokConfig("kind: Stage\nmetadata: { name: x }")).to.throw(/no heartbeat/));
});
