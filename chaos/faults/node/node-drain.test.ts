import type { KubeConfig, V1OwnerReference, V1Pod } from "@kubernetes/client-node";
import { expect } from "chai";

import { FakeCluster } from "../../kube/testing.ts";
import { nodeDrain } from "./node-drain.ts";
import { FakeMachine, tryFault } from "./testing.ts";

const owner = (kind: string): V1OwnerReference[] => [
  { apiVersion: "apps/v1", kind, name: "x", uid: "u", controller: true },
];

const pod = (name: string, ownerReferences: V1OwnerReference[], annotations = {}): V1Pod => ({
  metadata: { name, uid: name, namespace: "edgeproof", ownerReferences, annotations },
  status: { phase: "Running" },
});

describe("the drain of a node, against an API over HTTP", function () {
  this.timeout(20_000);
  let cluster: FakeCluster;
  let kube: KubeConfig;
  let machine: FakeMachine;
  beforeEach(async () => {
    cluster = new FakeCluster();
    kube = await cluster.start();
    machine = new FakeMachine();
    cluster.pods = [
      pod("web", owner("ReplicaSet")),
      pod("proxy", owner("DaemonSet")),
      pod("static", [], { "kubernetes.io/config.mirror": "x" }),
    ];
  });
  afterEach(() => cluster.stop());

  const drain = (timeout = "5s") => {
    machine.onPressure = (command) => {
      if (command === "uncordon") cluster.uncordon();
    };
    return tryFault(nodeDrain, { timeout }, machine, machine.rig("container", kube));
  };
  const failure = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => expect.fail("it was not refused"),
      (error: unknown) => (error as { code: string }).code,
    );

  it("evicts what a controller makes anew elsewhere and leaves DaemonSets' and static pods", async () => {
    const receipt = await drain();
    expect(receipt.reasons).to.deep.equal([]);
    expect(cluster.evicted).to.deep.equal(["web"]);
    expect(machine.asked).to.deep.equal(["uncordon"]);
    expect(cluster.node.spec?.unschedulable).to.equal(undefined);
  });

  it("asks again where a disruption budget forbids an eviction for now", async () => {
    cluster.budgetRefusals = 1;
    expect((await drain()).held).to.equal(true);
    expect(cluster.evicted).to.deep.equal(["web"]);
  });

  it("does not hold where the API says yes to everything and does nothing", async () => {
    cluster.pods = [];
    cluster.works = false;
    const receipt = await drain();
    expect(receipt.held).to.equal(false);
    expect(receipt.reasons.join()).to.contain("schedulable");
  });

  it("fails where the pods do not leave in time", async () => {
    cluster.works = false;
    expect(await failure(drain("1s"))).to.equal("NODE_NOT_DRAINED");
  });

  it("touches no node that somebody else cordoned, and none with a pod that nothing would make anew", async () => {
    cluster.node = { metadata: { name: "pi-1" }, spec: { unschedulable: true } };
    const rig = machine.rig("container", kube);
    // A node that was cordoned before cannot be told from one that the fault cordoned.
    expect(await failure(tryFault(nodeDrain, {}, machine, rig))).to.equal("NODE_CORDONED");
    cluster.uncordon();
    cluster.pods.push(pod("bare", []));
    expect(await failure(tryFault(nodeDrain, {}, machine, rig))).to.equal("BARE_POD");
    expect(cluster.evicted).to.deep.equal([]);
    expect(cluster.node.spec?.unschedulable).to.equal(undefined);
  });
});
