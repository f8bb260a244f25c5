import { KubeConfig } from "@kubernetes/client-node";
import { expect } from "chai";

import { FakeApi } from "../cluster/testing.ts";
import { ApiRequests } from "./api-request.ts";

describe("a request to the API", () => {
  let fake: FakeApi;
  beforeEach(async () => {
    fake = new FakeApi();
    await fake.start();
  });
  afterEach(() => fake.stop());

  const requests = (user: object, connections?: number): ApiRequests => {
    const kube = new KubeConfig();
    const caData = Buffer.from(fake.ca).toString("base64");
    kube.loadFromClusterAndUser(
      { name: "c", server: fake.url, caData, skipTLSVerify: false },
      { name: "u", ...user },
    );
    return new ApiRequests(kube, 5_000, connections);
  };

  for (const connections of [undefined, 2])
    it(`brings the kubeconfig's token, with a body and without one${connections ? ", on kept connections" : ""}`, async () => {
      fake.token = "secret";
      const api = requests({ token: "secret" }, connections);
      expect((await api.send({ method: "GET", path: "/version" })).status).to.equal(200);
      const body = { spec: { resourceAttributes: { verb: "get", resource: "pods" } } };
      const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
      expect((await api.send({ method: "POST", path, body })).status).to.equal(201);
      expect(fake.seen.at(-1)?.headers["content-type"]).to.equal("application/json");
      expect(
        (await requests({ token: "wrong" }, connections).send({ method: "GET", path: "/version" })).status,
      ).to.equal(401);
    });

  it("brings a password, and whom it acts as", async () => {
    await requests({ username: "me", password: "pw", impersonateUser: "you" }).send({
      method: "GET",
      path: "/version",
    });
    const { headers } = fake.seen.at(-1)!;
    expect(headers.authorization).to.equal(`Basic ${Buffer.from("me:pw").toString("base64")}`);
    expect(headers["impersonate-user"]).to.equal("you");
  });

  it("has status 0 and the reason where there is no answer", async () => {
    const api = requests({ token: "t" });
    fake.stop();
    const { status, cause } = await api.send({ method: "GET", path: "/version" });
    expect(status).to.equal(0);
    expect(cause?.message).to.contain("ECONNREFUSED");
  });
});
