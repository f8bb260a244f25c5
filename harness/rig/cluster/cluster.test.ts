import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { stringify } from "yaml";

import { clusterTopology } from "../../config/cluster-topology.ts";
import type { ExistingCluster } from "../../config/model.ts";
import type { EdgeproofError } from "../../errors.ts";
import { ClusterApi } from "./cluster-api.ts";
import { discoverCluster, engineNameOf, type FoundCluster } from "./discover.ts";
import { chooseContext } from "./kubeconfig-copy.ts";
import { createNamespace, ensureFree, removeNamespace } from "./own-namespace.ts";
import { ensureRights, RIGHTS } from "./rights.ts";
import { FakeApi, apiNode } from "./testing.ts";

describe("a cluster that exists, over TLS", () => {
  let folder: string;
  let fake: FakeApi;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "edgeproof-cluster-"));
    fake = new FakeApi();
    await fake.start();
    writeFileSync(join(folder, "config"), fake.kubeconfig);
  });
  afterEach(() => {
    fake.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const existing = (more: Partial<ExistingCluster> = {}): ExistingCluster => ({
    ...{ kubeconfig: join(folder, "config"), context: undefined, namespace: undefined, nodes: undefined },
    ...{ classLabel: undefined, siteLabel: undefined, images: undefined, gateway: "auto" },
    ...{ fallbackClass: "unclassified", ...more },
  });
  const discover = (more?: Partial<ExistingCluster>): Promise<FoundCluster> =>
    discoverCluster(clusterTopology("lab", existing(more), "lab.yaml"));
  const api = (connections?: number): ClusterApi =>
    new ClusterApi(chooseContext(join(folder, "config")), connections);
  const refusal = (work: Promise<unknown>): Promise<EdgeproofError> =>
    work.then(
      () => expect.fail("it was not refused"),
      (error: unknown) => error as EdgeproofError,
    );
  const methods = (): string[] => [...new Set(fake.seen.map(({ method }) => method))];

  it("tells its nodes, their roles, sites, classes, architectures and addresses, and is not changed", async () => {
    fake.metrics = true;
    fake.nodes = [
      apiNode("b", { "edgeproof.dev/site": "attic", "edgeproof.dev/device-class": "pi4" }, { arch: "arm64" }),
      apiNode("a", { "topology.kubernetes.io/zone": "z1", "node.kubernetes.io/instance-type": "k3s" }),
      apiNode(
        "s",
        { "node-role.kubernetes.io/control-plane": "true" },
        { addresses: { Hostname: "s", InternalIP: "10.0.0.9", ExternalIP: "192.0.2.9" } },
      ),
    ];
    const { topology, nodes, version } = await discover();
    expect(topology.nodes).to.deep.equal([
      { name: "s", site: "default", role: "server", deviceClass: "unclassified" },
      { name: "a", site: "z1", role: "agent", deviceClass: "k3s" },
      { name: "b", site: "attic", role: "agent", deviceClass: "pi4" },
    ]);
    expect(topology.sites).to.deep.equal(["default", "z1", "attic"]);
    expect(nodes.map(({ architecture }) => architecture)).to.deep.equal(["x64", "x64", "arm64"]);
    expect(nodes[0]?.addresses).to.deep.equal(["192.0.2.9", "10.0.0.9"]);
    expect([version, engineNameOf(version), topology.metricsServer]).to.deep.equal([
      "v1.34.4+k3s1",
      "k3s",
      true,
    ]);
    expect(methods()).to.deep.equal(["GET"]);
  });

  it("takes class and site from the labels that the topology names, and no others", async () => {
    fake.nodes = [apiNode("a", { "x.io/kind": "nuc", rack: "r7", "edgeproof.dev/device-class": "pi4" })];
    const [node] = (await discover({ classLabel: "x.io/kind", siteLabel: "rack" })).topology.nodes;
    expect([node?.deviceClass, node?.site]).to.deep.equal(["nuc", "r7"]);
  });

  it("leaves out nodes that take no pods, and says why", async () => {
    const taints = [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }];
    fake.nodes = [
      apiNode("cp", {}, { spec: { taints } }),
      apiNode("off", {}, { ready: false }),
      apiNode("cordoned", {}, { spec: { unschedulable: true } }),
      apiNode("win", { "kubernetes.io/os": "windows" }),
      apiNode("good"),
    ];
    const { topology, unused } = await discover();
    expect(topology.nodes.map(({ name }) => name)).to.deep.equal(["good"]);
    expect(unused).to.deep.equal([
      "cp (taint node-role.kubernetes.io/control-plane:NoSchedule)",
      "off (not Ready)",
      "cordoned (cordoned)",
      "win (runs windows)",
    ]);
    fake.nodes.pop();
    const { code, fix } = await refusal(discover());
    expect(code).to.equal("CLUSTER_NO_NODES");
    expect(fix).to.contain("off (not Ready)");
  });

  it("may have more nodes than a page, or those of a selector alone", async () => {
    fake.page = 2;
    fake.nodes = ["a", "b", "c", "d", "e"].map((name, index) => apiNode(name, { half: String(index % 2) }));
    expect((await discover()).topology.nodes).to.have.length(5);
    const chosen = (await discover({ nodes: "half=1" })).topology.nodes.map(({ name }) => name);
    expect(chosen).to.deep.equal(["b", "d"]);
  });

  it("is refused with what to do where it does not answer, or does not take the credentials", async () => {
    fake.token = "another";
    expect((await refusal(discover())).code).to.equal("CLUSTER_CREDENTIALS");
    const { url } = fake;
    fake.stop();
    const { code, where, fix } = await refusal(discover());
    expect([code, where]).to.deep.equal(["CLUSTER_UNREACHABLE", url]);
    expect(fix).to.contain("firewall");
  });

  it("takes the token of a plugin, and says so where the plugin fails", async () => {
    fake.token = "of-the-plugin";
    const credential = { apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential" };
    const write = (script: string): void => {
      const exec = { apiVersion: credential.apiVersion, command: process.execPath, args: ["-e", script] };
      const ca = Buffer.from(fake.ca).toString("base64");
      const config = {
        "current-context": "x",
        clusters: [{ name: "c", cluster: { server: fake.url, "certificate-authority-data": ca } }],
        users: [{ name: "u", user: { exec } }],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      };
      writeFileSync(join(folder, "config"), stringify(config));
    };
    write(
      `console.log(JSON.stringify(${JSON.stringify({ ...credential, status: { token: "of-the-plugin" } })}))`,
    );
    expect((await discover()).nodes).to.have.length(1);
    write("console.error('log in first'); process.exit(1)");
    const { code, cause } = await refusal(discover());
    expect(code).to.equal("CLUSTER_CREDENTIALS");
    expect((cause as Error).message).to.contain("log in first");
  });

  it("is asked for every right first, and lists those that are missing", async () => {
    await ensureRights(api(2), "edgeproof-lab");
    fake.lacking = ["create namespaces", "create pods/portforward", "delete deployments"];
    const { code, message, expected } = await refusal(ensureRights(api(2), "edgeproof-lab"));
    const all = RIGHTS.flatMap(({ verbs }) => verbs).length;
    expect([code, message]).to.deep.equal(["CLUSTER_RIGHTS", `the kubeconfig lacks 3 of ${all} rights`]);
    expect(expected).to.equal(
      "cluster-wide: create namespaces; in the namespace edgeproof-lab: delete deployments.apps, create pods/portforward",
    );
  });

  describe("its namespace for a rig", () => {
    const own = { namespace: "edgeproof-lab", rig: "lab", claim: "mine" };

    it("is made, labelled, and removed; any number of times", async () => {
      await ensureFree(api(), own);
      await createNamespace(api(), own);
      await createNamespace(api(), own);
      const { metadata } = fake.namespaces.get("edgeproof-lab")!;
      expect(metadata?.labels).to.deep.equal({
        "edgeproof.dev/rig": "lab",
        "app.kubernetes.io/managed-by": "edgeproof",
      });
      await removeNamespace(api(), own);
      await removeNamespace(api(), own);
      expect([...fake.namespaces.keys()]).to.deep.equal([]);
    });

    it("is neither taken nor removed where it is somebody else's, or another edgeproof's", async () => {
      fake.namespaces.set("edgeproof-lab", { metadata: { name: "edgeproof-lab", uid: "u" } });
      const stranger = await refusal(ensureFree(api(), own));
      expect([stranger.code, stranger.exitCode]).to.deep.equal(["NAMESPACE_TAKEN", 64]);
      expect(stranger.fix).to.contain("--namespace");
      expect((await refusal(createNamespace(api(), own))).code).to.equal("NAMESPACE_TAKEN");
      await removeNamespace(api(), own);
      expect([...fake.namespaces.keys()]).to.deep.equal(["edgeproof-lab"]);
      fake.namespaces.clear();
      await createNamespace(api(), { ...own, claim: "another tester's" });
      expect((await refusal(ensureFree(api(), own))).fix).to.contain(
        "another edgeproof made it for its rig lab",
      );
      await removeNamespace(api(), own);
      expect([...fake.namespaces.keys()]).to.deep.equal(["edgeproof-lab"]);
    });

    it("that does not go is told with what to look at", async () => {
      await createNamespace(api(), own);
      fake.stuck = true;
      const { code, fix } = await refusal(removeNamespace(api(), own, 10));
      expect(code).to.equal("NAMESPACE_STAYS");
      expect(fix).to.contain("kubectl get namespace edgeproof-lab");
    });
  });
});
