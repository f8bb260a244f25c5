import { expect } from "chai";

import { complaint, objectPath } from "./apply.ts";

describe("server-side apply", () => {
  it("finds the path of an object, of the core or of a group, in a namespace or in none", () => {
    const paths = [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "a" } },
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "b", namespace: "n" } },
      { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name: "s" } },
      { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name: "c.d" } },
      {
        apiVersion: "serving.knative.dev/v1",
        kind: "Configuration",
        metadata: { name: "e", namespace: "n" },
      },
    ].map(objectPath);
    expect(paths).to.deep.equal([
      "/api/v1/namespaces/a",
      "/api/v1/namespaces/n/configmaps/b",
      "/apis/storage.k8s.io/v1/storageclasses/s",
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/c.d",
      "/apis/serving.knative.dev/v1/namespaces/n/configurations/e",
    ]);
  });

  it("repeats the API's own words, or what else came", () => {
    const said = (status: number, body: string) => complaint({ status, body, ms: 1 });
    expect(said(400, '{"kind":"Status","message":"spec.x: unknown"}')).to.equal("spec.x: unknown");
    expect(said(502, "<html>")).to.equal("HTTP 502 <html>");
    expect(said(0, "")).to.equal("no answer");
  });
});
