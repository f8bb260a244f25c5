import { KubeConfig } from "@kubernetes/client-node";
import { expect } from "chai";
import { setTimeout as delay } from "node:timers/promises";

import { EdgeproofError } from "../../errors.ts";

import { type ApiAnswer, type ApiCall, ApiRequests } from "./api-request.ts";
import { applyAll, complaint, objectPath } from "./apply.ts";

/** An API that answers as it is told to, a moment later. */
class ToldApi extends ApiRequests {
  readonly asked: string[] = [];
  mostAtOnce = 0;
  private atOnce = 0;
  private readonly statusOf: (path: string, time: number) => number;

  constructor(statusOf: (path: string, time: number) => number) {
    super(new KubeConfig(), 1);
    this.statusOf = statusOf;
  }

  override async send({ path }: ApiCall): Promise<ApiAnswer> {
    const [name = ""] = path.split("?");
    this.asked.push(name);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    await delay(5);
    this.atOnce--;
    const time = this.asked.filter((one) => one === name).length;
    return { status: this.statusOf(name, time), ms: 5, body: '{"message":"no such field"}' };
  }
}

const configMaps = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ apiVersion: "v1", kind: "ConfigMap" },
    metadata: { name: `c${index}`, namespace: "n" },
  }));

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

  it("sends a few objects at a time, each once, and again what found the API server busy", async () => {
    const api = new ToldApi((path, time) => (path.endsWith("c3") && time === 1 ? 503 : 200));
    await applyAll(api, configMaps(12));
    expect(api.mostAtOnce).to.equal(4);
    expect(new Set(api.asked).size).to.equal(12);
    expect(api.asked.length).to.equal(13);
  });

  it("says at once which object was refused, and why", async () => {
    const api = new ToldApi((path) => (path.endsWith("c1") ? 422 : 200));
    const error: unknown = await applyAll(api, configMaps(2)).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(EdgeproofError).with.property("message").that.includes("no such field");
    expect(api.asked).to.have.length(2);
  });
});
