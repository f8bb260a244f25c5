import { once } from "node:events";
import { type Server, createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";

import { expect } from "chai";

import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import { ToxiproxyClient } from "./toxiproxy-client.ts";

/** What toxiproxy was asked, in order; `answer` is the status of each. */
class ControlPort {
  readonly asked: { path: string; body: Record<string, unknown> }[] = [];
  status = 200;
  private readonly server: Server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      this.asked.push({ path: request.url ?? "", body: JSON.parse(text) as Record<string, unknown> });
      // toxiproxy answers with what it made.
      response.writeHead(this.status).end(text);
    });
  });

  async start(): Promise<number> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return (this.server.address() as AddressInfo).port;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

describe("toxiproxy's control port", () => {
  let port: ControlPort;
  let client: ToxiproxyClient;
  const proxy = {
    ...{ name: "p", listen: "127.0.0.1:1", upstream: "127.0.0.1:2", enabled: true },
    toxics: [
      { type: "latency", stream: "downstream", attributes: { latency: 5, jitter: 0 } },
      { type: "latency", stream: "upstream", attributes: { latency: 5, jitter: 0 } },
    ] as const,
  };

  beforeEach(async () => {
    port = new ControlPort();
    const number = await port.start();
    const node = {
      name: "n",
      connect: () => Promise.resolve(connect(number, "127.0.0.1")),
    } as unknown as NodeHandle;
    client = new ToxiproxyClient(node, number);
  });
  afterEach(() => port.stop());

  it("makes a proxy disabled, gives it its toxics, and only then enables it", async () => {
    await client.createProxy(proxy);
    expect(port.asked.map(({ path }) => path)).to.deep.equal([
      "/proxies",
      "/proxies/p/toxics",
      "/proxies/p/toxics",
      "/proxies/p",
    ]);
    expect(port.asked.map(({ body }) => body.enabled)).to.deep.equal([false, undefined, undefined, true]);
    expect(port.asked[1]!.body.toxicity).to.equal(1);
    expect(new Set(port.asked.slice(1, 3).map(({ body }) => body.name)).size).to.equal(2);
  });

  it("leaves a proxy that is to refuse connections disabled", async () => {
    await client.createProxy({ ...proxy, toxics: [], enabled: false });
    expect(port.asked.map(({ body }) => body.enabled)).to.deep.equal([false]);
  });

  it("fails with what toxiproxy said", async () => {
    port.status = 409;
    const error = await client.createProxy(proxy).catch((cause: unknown) => cause as Error);
    expect(String((error as Error).cause)).to.contain("409");
  });
});
