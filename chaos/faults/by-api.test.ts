import { expect } from "chai";

import type { EdgeproofError } from "../../harness/errors.ts";
import { runUndoStep } from "../journal/undo-step.ts";
import { FakeCluster } from "../kube/testing.ts";
import { CORDON_ANNOTATION } from "../pressure/uncordon.ts";
import { ensureWithinReach } from "./by-api.ts";
import { CATALOGUE, faultNamed } from "./catalogue.ts";
import type { FaultRig } from "./fault-rig.ts";

const rig = (driver: FaultRig["driver"], mayReachOut = false): FaultRig =>
  ({ driver, mayReachOut, name: "lab" }) as FaultRig;
const refusalOf = (name: string, of: FaultRig): EdgeproofError | undefined => {
  try {
    ensureWithinReach(faultNamed(name), of, "s.yaml:3");
  } catch (error) {
    return error as EdgeproofError;
  }
  return undefined;
};

describe("faults on an existing cluster", () => {
  it("are those that go by the API; all others are refused as a wrong use, with the drivers that have them", () => {
    const cluster = rig("cluster", true);
    const possible = CATALOGUE.filter(({ name }) => !refusalOf(name, cluster)).map(({ name }) => name);
    expect(possible).to.have.members(["function-pod-killed", "rollout-under-load", "node-drain"]);
    for (const [name, acts] of [
      ["link-delay", "links"],
      ["node-kill", "machines"],
      ["stream-latency", "streams"],
    ] as const) {
      const { code, exitCode, message, where, fix } = refusalOf(name, cluster)!;
      expect([code, exitCode, where]).to.deep.equal(["NEEDS_MACHINES", 64, "s.yaml:3"]);
      expect(message).to.contain(`it acts on ${acts}`);
      expect(fix).to.contain("driver: ssh");
    }
  });

  it("are refused where they reach what others use, unless the rig was named", () => {
    const { code, expected } = refusalOf("node-drain", rig("cluster"))!;
    expect([code, expected]).to.deep.equal(["not-confirmed", "--confirm lab"]);
    expect(refusalOf("function-pod-killed", rig("cluster"))).to.equal(undefined);
  });

  it("are not restricted so where machines are reached", () => {
    for (const driver of ["container", "ssh"] as const)
      for (const { name } of CATALOGUE) expect(refusalOf(name, rig(driver))).to.equal(undefined);
  });

  it("are undone by the API: a node that edgeproof cordoned, and none that another did", async () => {
    const cluster = new FakeCluster();
    const kube = await cluster.start();
    const machinery = {
      kube,
      machine: () => expect.fail("no machine is reached"),
      power: {} as FaultRig["power"],
    };
    const undo = { kind: "uncordon", node: "pi-1" } as const;
    try {
      cluster.node = { metadata: { name: "pi-1" }, spec: { unschedulable: true } };
      await runUndoStep("1", undo, machinery);
      expect(cluster.node.spec?.unschedulable).to.equal(true);
      cluster.node.metadata!.annotations = { [CORDON_ANNOTATION]: "drain" };
      await runUndoStep("1", undo, machinery);
      expect(cluster.node.spec?.unschedulable).not.to.equal(true);
      await runUndoStep("1", undo, machinery);
    } finally {
      cluster.stop();
    }
  });
});
