import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { clusterTopology } from "../../config/cluster-topology.ts";
import { EdgeproofError } from "../../errors.ts";
import { ClusterApi } from "../../rig/cluster/cluster-api.ts";
import { chooseContext } from "../../rig/cluster/kubeconfig-copy.ts";
import { createNamespace } from "../../rig/cluster/own-namespace.ts";
import { FakeApi } from "../../rig/cluster/testing.ts";
import { kubeconfigPath } from "../../rig/kubeconfig-path.ts";
import { createRigFolder, rigFolder, writeRigState } from "../../rig/rig-state.ts";
import { down } from "./down.ts";

describe("taking down a rig on an existing cluster", function () {
  this.timeout(20_000);
  const before = process.env.XDG_STATE_HOME;
  let home: string;
  let fake: FakeApi;

  const state = async (owner?: number): Promise<void> => {
    const existing = {
      ...{ kubeconfig: join(home, "config"), context: undefined, namespace: undefined, nodes: undefined },
      ...{ classLabel: undefined, siteLabel: undefined, images: undefined, gateway: "auto" },
      fallbackClass: "x",
    };
    await writeRigState({
      ...{ schema: 2, rig: "field", topologyFile: "/x", privileges: "", images: [], machines: [] },
      ...(owner === undefined ? {} : { owner }),
      engine: { name: "k3s", version: "1" },
      driver: {
        ...{ kind: "cluster", kubeconfig: join(home, "config"), context: "edgeproof", server: fake.url },
        ...{ namespace: "edgeproof-field", claim: "mine", version: "1", unused: [], architectures: {} },
        topology: clusterTopology("field", existing, "/x"),
      },
    });
  };
  const refusal = async (): Promise<EdgeproofError> => {
    const error: unknown = await down("field", { json: true }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(EdgeproofError);
    return error as EdgeproofError;
  };

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "edgeproof-down-"));
    process.env.XDG_STATE_HOME = home;
    fake = new FakeApi();
    await fake.start();
    writeFileSync(join(home, "config"), fake.kubeconfig);
    const chosen = chooseContext(join(home, "config"));
    await createRigFolder("field");
    writeFileSync(kubeconfigPath("field"), chosen.text);
    await createNamespace(new ClusterApi(chosen), {
      namespace: "edgeproof-field",
      rig: "field",
      claim: "mine",
    });
    fake.namespaces.set("others", { metadata: { name: "others", uid: "o" } });
    await state();
  });
  afterEach(() => {
    fake.stop();
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
    rmSync(home, { recursive: true, force: true });
  });

  it("removes its namespace and its folder, and nothing else, without being confirmed", async () => {
    await down("field", { json: true });
    expect([...fake.namespaces.keys()]).to.deep.equal(["others"]);
    expect(existsSync(rigFolder("field"))).to.equal(false);
  });

  it("goes by its own copy where the user's kubeconfig is gone, or is about another cluster by now", async () => {
    const other = fake.kubeconfig.replace(fake.url, "https://192.0.2.1:6443");
    writeFileSync(join(home, "config"), other);
    await down("field", { json: true });
    expect([...fake.namespaces.keys()]).to.deep.equal(["others"]);
  });

  it("is refused while a process lives that uses it", async () => {
    await state(process.ppid);
    expect((await refusal()).code).to.equal("RIG_IN_USE");
    expect(fake.namespaces.has("edgeproof-field")).to.equal(true);
  });

  it("leaves the rig known where the API does not answer, so that it can be tried again", async () => {
    fake.stop();
    expect((await refusal()).code).to.equal("CLUSTER_UNREACHABLE");
    expect(existsSync(rigFolder("field"))).to.equal(true);
  });
});
