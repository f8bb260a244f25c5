import type { V1ConfigMap, V1Deployment, V1Pod } from "@kubernetes/client-node";
import { expect } from "chai";
import { parse } from "yaml";

import { localPathObjects, STORAGE_CLASS, VOLUMES_FOLDER } from "./local-path.ts";

describe("the provisioner of volumes", () => {
  const all = localPathObjects("edgeproof.local/provisioner:1", "edgeproof.local/helper:1");
  const one = async <T>(kind: string): Promise<T> => {
    const found = (await all).filter((object) => object.kind === kind);
    expect(found, kind).to.have.length(1);
    return found[0] as T;
  };

  it("runs its helpers as an account that there is: its default is one of another name", async () => {
    const { spec } = await one<V1Deployment>("Deployment");
    const pod = spec?.template.spec;
    const [account] = (await all).filter(({ kind }) => kind === "ServiceAccount");
    expect(pod?.serviceAccountName).to.equal(account?.metadata?.name);
    const env = pod?.containers[0]?.env?.find(({ name }) => name === "SERVICE_ACCOUNT_NAME");
    expect(env?.valueFrom?.fieldRef?.fieldPath).to.equal("spec.serviceAccountName");
  });

  it("makes folders where volumes are looked for, by a program that no registry is asked for", async () => {
    const { data = {} } = await one<V1ConfigMap>("ConfigMap");
    const config = JSON.parse(data["config.json"] ?? "") as Record<string, unknown>;
    expect(config).to.deep.equal({
      nodePathMap: [{ node: "DEFAULT_PATH_FOR_NON_LISTED_NODES", paths: [VOLUMES_FOLDER] }],
      ...{ setupCommand: "/app", teardownCommand: "/app" },
    });
    const helper = (parse(data["helperPod.yaml"] ?? "") as V1Pod).spec?.containers[0];
    expect(helper).to.include({ image: "edgeproof.local/helper:1", imagePullPolicy: "Never" });
  });

  it("gives the class that claims ask for, and leaves nothing unfilled", async () => {
    expect((await one<V1Deployment>("StorageClass")).metadata?.name).to.equal(STORAGE_CLASS);
    expect(JSON.stringify(await all)).not.to.contain("$");
  });
});
