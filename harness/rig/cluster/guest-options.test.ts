import { expect } from "chai";

import { clusterTopology } from "../../config/cluster-topology.ts";
import type { ExistingCluster, Topology } from "../../config/model.ts";
import { functionContainer, podSpec } from "../functions/manifests.ts";
import { guestOptions, imageReference } from "./guest-options.ts";

describe("functions on a cluster that is not the rig's", () => {
  const existing = (more: Partial<ExistingCluster>): ExistingCluster => ({
    ...{ kubeconfig: "/k", context: undefined, namespace: undefined, nodes: undefined, images: undefined },
    ...{ classLabel: undefined, siteLabel: undefined, fallbackClass: "x", gateway: "auto", ...more },
  });
  const topology = (of: ExistingCluster): Topology => ({
    ...clusterTopology("lab", of, "/k"),
    nodes: [
      { name: "a", site: "s", role: "server", deviceClass: "nuc" },
      { name: "b", site: "s", role: "agent", deviceClass: "pi4" },
    ],
  });
  const optionsOf = (more: Partial<ExistingCluster> = {}) => {
    const of = existing(more);
    return guestOptions(topology(of), of, "edgeproof-lab");
  };

  it("are on the nodes of a class by their names, as no label of edgeproof's need be there", () => {
    const { nodesFor } = optionsOf();
    expect([nodesFor("pi4"), nodesFor(undefined)]).to.deep.equal([["b"], undefined]);
    const { affinity, nodeSelector } = podSpec(
      { name: "f", image: "i", deviceClass: "pi4", nodes: ["b"] },
      2,
    );
    expect(nodeSelector).to.equal(undefined);
    const terms = affinity?.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
    expect(terms).to.deep.equal([{ matchFields: [{ key: "metadata.name", operator: "In", values: ["b"] }] }]);
  });

  it("keep to the nodes that the topology selects", () => {
    expect(optionsOf({ nodes: "rack=1" }).nodesFor(undefined)).to.deep.equal(["a", "b"]);
  });

  it("are pulled where a registry is named, and else have to be there", () => {
    expect(optionsOf().pull).to.equal("Never");
    expect(optionsOf({ images: "r.test/e" }).pull).to.equal("IfNotPresent");
    const { imagePullPolicy } = functionContainer({ name: "f", image: "i", pull: "IfNotPresent" });
    expect(imagePullPolicy).to.equal("IfNotPresent");
    expect(functionContainer({ name: "f", image: "i" }).imagePullPolicy).to.equal("Never");
    expect(imageReference("edgeproof.local/fib:1a", "r.test:5000/e")).to.equal("r.test:5000/e/fib:1a");
    expect(imageReference("edgeproof.local/fib:1a", undefined)).to.equal("edgeproof.local/fib:1a");
  });
});
