import { expect } from "chai";

import { LABEL_FUNCTION } from "../manifests.ts";
import { functionRequest } from "./openfaas-layer.ts";
import { openFaasManifests } from "./openfaas-manifests.ts";

const parts = {
  ...{ system: "openfaas", functions: "edgeproof" },
  ...{ gateway: "registry.test/gateway:1", provider: "registry.test/faas-netes:2", password: "secret" },
};

describe("OpenFaaS as manifests", () => {
  const objects = openFaasManifests(parts);
  const text = JSON.stringify(objects);

  it("have everything filled in, and the password only as the secret's", () => {
    expect(text).to.not.match(/\$[A-Z]/);
    expect(text.split(Buffer.from("secret").toString("base64"))).to.have.length(2);
    expect(text).to.contain(parts.gateway).and.to.contain(parts.provider);
  });

  it("give the provider rights among the functions alone", () => {
    expect(objects.map(({ kind }) => kind)).to.not.include.members(["ClusterRole", "ClusterRoleBinding"]);
    const role = objects.find(({ kind }) => kind === "Role");
    expect(role?.metadata?.namespace).to.equal("edgeproof");
  });
});

describe("a function for OpenFaaS' REST API", () => {
  const spec = (minReplicas: number) =>
    functionRequest({
      ...{ name: "fib", image: "edgeproof.local/fib:1" },
      autoscale: { minReplicas, maxReplicas: 5, targetConcurrency: 1 },
    });

  it("may go to zero where no replica is the least, and is found by its label", () => {
    expect(spec(0).labels).to.deep.equal({
      [LABEL_FUNCTION]: "fib",
      "com.openfaas.scale.min": "1",
      "com.openfaas.scale.max": "5",
      "com.openfaas.scale.zero": "true",
    });
    expect(spec(2).labels).to.include({ "com.openfaas.scale.min": "2", "com.openfaas.scale.zero": "false" });
  });
});
