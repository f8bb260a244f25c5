import { once } from "node:events";
import { type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { KubeConfig, type V1Node, type V1Pod } from "@kubernetes/client-node";

/** One node and its pods behind Kubernetes' protocol; pods that are evicted are gone at once. */
export class FakeCluster {
  node: V1Node = { metadata: { name: "pi-1" }, spec: {} };
  pods: V1Pod[] = [];
  /** Answers 200 and changes nothing. */
  works = true;
  /** So often an eviction is refused by a disruption budget. */
  budgetRefusals = 0;
  readonly evicted: string[] = [];
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      const { pathname } = new URL(request.url ?? "", "http://x");
      this.answer(request.method ?? "", pathname, Buffer.concat(chunks).toString("utf8"), response);
    });
  });

  async start(): Promise<KubeConfig> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    const { port } = this.server.address() as AddressInfo;
    const config = new KubeConfig();
    // The client takes plain HTTP only so.
    const cluster = { name: "test", server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
    config.loadFromClusterAndUser(cluster, { name: "user" });
    return config;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  uncordon(): void {
    this.node = { metadata: { name: "pi-1" }, spec: {} };
  }

  private answer(method: string, path: string, body: string, response: ServerResponse): void {
    const send = (value: object, code = 200): void => {
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    const list = (kind: string, items: object[]): void =>
      send({ kind, apiVersion: "v1", metadata: { resourceVersion: "1" }, items });
    if (method === "PATCH") {
      const { metadata, spec } = JSON.parse(body) as { metadata?: object; spec?: object };
      if (this.works) this.node = { metadata: { name: "pi-1", ...metadata }, spec: { ...spec } };
      return send(this.node);
    }
    if (method === "POST") {
      if (this.budgetRefusals-- > 0) return send({ kind: "Status", code: 429 }, 429);
      const name = path.split("/").at(-2) ?? "";
      this.evicted.push(name);
      if (this.works) this.pods = this.pods.filter(({ metadata }) => metadata?.name !== name);
      return send({ kind: "Status", status: "Success" }, 201);
    }
    if (path === "/api/v1/nodes") return list("NodeList", [this.node]);
    return list("PodList", this.pods);
  }
}
