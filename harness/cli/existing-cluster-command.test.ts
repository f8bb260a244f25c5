import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { FakeApi, apiNode } from "../rig/cluster/testing.ts";
import type { EdgeproofError } from "../errors.ts";
import { loadSuite } from "../session/load-suite.ts";
import { planFaults } from "../session/plan-faults.ts";
import { rigNameOf, topologyGiven, topologyRead } from "./given-topology.ts";
import { edgeproof } from "./testing.ts";
import { refusalOf } from "../testing.ts";

describe("edgeproof on an existing cluster", function () {
  this.timeout(30_000);
  let folder: string;
  let fake: FakeApi;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "edgeproof-existing-"));
    fake = new FakeApi();
    await fake.start();
    fake.nodes = [
      apiNode("n1", { "edgeproof.dev/device-class": "pi4" }),
      apiNode("n2", {}, { ready: false }),
    ];
    writeFileSync(join(folder, "config"), fake.kubeconfig);
    const topology = "name: field\ndriver: cluster\ncluster: { kubeconfig: config, namespace: trials }\n";
    writeFileSync(join(folder, "field.yaml"), topology);
  });
  after(() => {
    fake.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("plans what it would make, by the nodes that the API tells, and touches nothing", async () => {
    const { stdout } = await edgeproof(folder, "plan", "--suite", "functions", "--kubeconfig", "config");
    expect(stdout).to.contain("would make the namespace edgeproof-edgeproof on the cluster of config");
    expect(stdout).to.contain("  n1: agent at default, class pi4\n  tester: this machine");
    expect(stdout).not.to.contain("n2");
    expect(new Set(fake.seen.map(({ method }) => method))).to.deep.equal(new Set(["GET"]));
    expect(existsSync(join(folder, "state"))).to.equal(false);
  });

  it("takes the same suite with a topology's file", async () => {
    const topology = await topologyRead({ topology: join(folder, "field.yaml") });
    const read = loadSuite("functions", { topology, seed: 1 }).topology;
    expect(read.nodes.map(({ name }) => name)).to.deep.equal(["n1"]);
    expect(read.existing?.namespace).to.equal("trials");
  });

  it("refuses suites that need machines or links, and faults, as a wrong use, before anything runs", async () => {
    const topology = await topologyRead({ kubeconfig: join(folder, "config") });
    const suite = refusalOf(() => loadSuite("quickstart", { topology, seed: 1 }));
    expect([suite.code, suite.exitCode]).to.deep.equal(["suite-needs", 64]);
    expect(suite.message).to.equal("the suite `quickstart` needs machines and links");
    expect(suite.fix).to.contain("driver: ssh");
    const killed = (fault: string): string => `name: own
description: A pod is killed.
topology: overlay
load: { function: hello-world, rate: 5 }
phases:
  steady: { duration: 5s }
  fault: { duration: 5s, faults: [{ fault: ${fault} }] }
  healed: { duration: 5s }
objectives:
  - { name: e, quantity: error-rate, limit: 2%, scope: { phase: steady } }
`;
    const planned = async (fault: string): Promise<EdgeproofError | undefined> => {
      writeFileSync(join(folder, "own.yaml"), killed(fault));
      const [scenario] = loadSuite(join(folder, "own.yaml"), { topology, seed: 1 }).scenarios;
      return planFaults(scenario!, 1).then(
        () => undefined,
        (error: unknown) => error as EdgeproofError,
      );
    };
    expect(await planned("function-pod-killed")).to.equal(undefined);
    const { code, where } = (await planned("node-kill, target: n1"))!;
    expect(code).to.equal("NEEDS_MACHINES");
    expect(where).to.contain("own.yaml:7");
    expect((await planned("node-drain, target: n1"))?.code).to.equal("not-confirmed");
    expect(fake.namespaces.size).to.equal(0);
  });

  it("takes a topology or a kubeconfig, and flags of the one with it alone", () => {
    const kubeconfig = join(folder, "config");
    const both = refusalOf(() => topologyGiven({ kubeconfig, topology: "field.yaml" }));
    expect([both.code, both.exitCode]).to.deep.equal(["CLUSTER_FLAGS", 64]);
    expect(refusalOf(() => topologyGiven({ namespace: "x" })).where).to.equal("--namespace");
    expect(refusalOf(() => topologyGiven({ kubeconfig, images: "r/a:1" })).where).to.equal("--images");
    expect(refusalOf(() => topologyGiven({ kubeconfig, gateway: "a b" })).where).to.equal("--gateway");
  });

  it("names a rig as its context, as far as a name can be so", () => {
    expect(rigNameOf("default")).to.equal("default");
    expect(rigNameOf("arn:aws:eks:eu-1:1:cluster/Lab_2")).to.equal("lab-2");
    expect(rigNameOf("---")).to.equal("cluster");
  });
});
