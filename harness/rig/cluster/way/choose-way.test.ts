import { once } from "node:events";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect } from "chai";

import type { EdgeproofError } from "../../../errors.ts";
import { chooseWay } from "./choose-way.ts";

describe("how requests come to functions of an existing cluster", function () {
  this.timeout(10_000);
  let server: Server;
  let nodePort: number;
  /** Requests that are answered with 503 first. */
  let early: number;
  before(async () => {
    server = createServer((request, response) => {
      const ready = request.url === "/healthz" && early-- <= 0;
      response.writeHead(ready ? 204 : 503).end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    nodePort = (server.address() as AddressInfo).port;
  });
  beforeEach(() => (early = 0));
  after(() => server.close());

  const nodes = [{ addresses: ["127.0.0.2"] }, { addresses: ["127.0.0.1"] }];

  it("is the first node address that answers", async () => {
    expect(await chooseWay("auto", { nodePort }, nodes)).to.deep.equal({
      kind: "node",
      address: "127.0.0.1",
    });
    expect(await chooseWay("node", { nodePort }, nodes)).to.deep.equal({
      kind: "node",
      address: "127.0.0.1",
    });
  });

  it("waits a moment for kube-proxy to know the service", async () => {
    early = 1;
    const found = await chooseWay("node", { nodePort }, [{ addresses: ["127.0.0.1"] }]);
    expect(found).to.deep.equal({ kind: "node", address: "127.0.0.1" });
  });

  it("is an address of the user's, before the nodes' own", async () => {
    expect(await chooseWay("localhost", { nodePort }, [])).to.deep.equal({
      kind: "node",
      address: "localhost",
    });
  });

  it("is a port-forward where that is wanted, or where no node answers", async () => {
    expect(await chooseWay("forward", { nodePort }, nodes)).to.deep.equal({ kind: "forward" });
    expect(await chooseWay("auto", { nodePort }, [{ addresses: ["127.0.0.2"] }])).to.deep.equal({
      kind: "forward",
    });
  });

  it("is refused with the addresses that were tried where a node's is wanted and none answers", async () => {
    const error = await chooseWay("node", { nodePort }, [{ addresses: ["127.0.0.2"] }]).catch(
      (thrown: unknown) => thrown as EdgeproofError,
    );
    const { code, where, fix } = error as EdgeproofError;
    expect([code, where]).to.deep.equal(["GATEWAY_SILENT", "127.0.0.2"]);
    expect(fix).to.contain("gateway: forward");
  });
});
