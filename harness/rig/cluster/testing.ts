import { once } from "node:events";
import { type Server, createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { V1Namespace, V1Node } from "@kubernetes/client-node";

import { kubeconfig } from "../engine/kubeconfig.ts";
import { Authority, type KeyPair } from "../pki.ts";

interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

/** A node as Kubernetes shows it. */
export const apiNode = (
  name: string,
  labels: Record<string, string> = {},
  more: { spec?: V1Node["spec"]; ready?: boolean; addresses?: Record<string, string>; arch?: string } = {},
): V1Node => ({
  metadata: { name, labels: { "kubernetes.io/os": "linux", ...labels } },
  spec: more.spec ?? {},
  status: {
    conditions: [{ type: "Ready", status: (more.ready ?? true) ? "True" : "False" }],
    addresses: Object.entries(more.addresses ?? { InternalIP: "192.0.2.1" }).map(([type, address]) => ({
      type,
      address,
    })),
    nodeInfo: { architecture: more.arch ?? "amd64" } as never,
  },
});

/** Nodes and namespaces of a cluster behind Kubernetes' protocol and TLS; its client must bring a certificate or a token. */
export class FakeApi {
  nodes: V1Node[] = [apiNode("server-1", { "node-role.kubernetes.io/control-plane": "true" })];
  readonly namespaces = new Map<string, V1Namespace>();
  /** Rights that the user lacks: `create namespaces`. */
  lacking: string[] = [];
  metrics = false;
  /** The only token that it takes; undefined: certificates. */
  token: string | undefined;
  /** Nodes on a page, whatever was asked for. */
  page = 500;
  /** Namespaces stay, as those with a finalizer do. */
  stuck = false;
  readonly seen: Seen[] = [];
  private authority: Authority | undefined;
  private server: Server | undefined;
  private user: KeyPair | undefined;

  async start(): Promise<void> {
    this.authority = await Authority.create("test");
    const own = await this.authority.issue({ commonName: "api", addresses: ["127.0.0.1"] });
    this.user = await this.authority.issue({ commonName: "user" });
    const tls = { ...own, ca: this.authority.cert, requestCert: true, rejectUnauthorized: false };
    this.server = createServer(tls, (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.once("end", () => this.take(request, Buffer.concat(chunks).toString("utf8"), response));
    });
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
  }

  stop(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server?.address() as AddressInfo).port}`;
  }

  get ca(): string {
    return this.authority!.cert;
  }

  /** With a certificate. */
  get kubeconfig(): string {
    return kubeconfig(this.url, this.ca, this.user!);
  }

  private take(request: IncomingMessage, body: string, response: ServerResponse): void {
    const { method = "", url = "", headers } = request;
    this.seen.push({ method, path: url, headers, body });
    const certified = (request.socket as unknown as { authorized: boolean }).authorized;
    const allowed = this.token === undefined ? certified : headers.authorization === `Bearer ${this.token}`;
    const [code, value] = allowed ? this.answer(method, new URL(url, "http://x"), body) : [401, failure(401)];
    response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(value));
  }

  private answer(method: string, { pathname, searchParams }: URL, body: string): [number, object] {
    if (pathname === "/version") return [200, { gitVersion: "v1.34.4+k3s1" }];
    if (pathname === "/apis/metrics.k8s.io/v1beta1") return this.metrics ? [200, {}] : [404, failure(404)];
    if (pathname === "/api/v1/nodes") return [200, this.list(searchParams)];
    if (pathname.endsWith("/selfsubjectaccessreviews")) return [201, this.review(body)];
    const name = pathname.replace("/api/v1/namespaces", "").slice(1);
    if (method === "POST") return this.create(JSON.parse(body) as V1Namespace);
    const found = this.namespaces.get(name);
    if (!found) return [404, failure(404)];
    if (method === "DELETE") {
      const { preconditions } = JSON.parse(body) as { preconditions: { uid: string } };
      if (preconditions.uid !== found.metadata?.uid) return [409, failure(409)];
      if (this.stuck) found.metadata.deletionTimestamp = new Date();
      else this.namespaces.delete(name);
    }
    return [200, found];
  }

  private list(query: URLSearchParams): object {
    const from = Number(query.get("continue") ?? 0);
    const selector = query.get("labelSelector");
    const [key = "", value] = selector?.split("=") ?? [];
    const all = this.nodes.filter(({ metadata }) => selector === null || metadata?.labels?.[key] === value);
    const end = from + this.page;
    const metadata = end < all.length ? { continue: String(end) } : {};
    return { kind: "NodeList", metadata, items: all.slice(from, end) };
  }

  private review(body: string): object {
    const { spec } = JSON.parse(body) as {
      spec: { resourceAttributes: { verb: string; resource: string; subresource?: string } };
    };
    const { verb, resource, subresource } = spec.resourceAttributes;
    const asked = `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`;
    return { status: { allowed: !this.lacking.includes(asked) } };
  }

  private create(asked: V1Namespace): [number, object] {
    const name = asked.metadata?.name ?? "";
    if (this.namespaces.has(name)) return [409, failure(409)];
    asked.metadata!.uid = `uid-${name}-${this.seen.length}`;
    this.namespaces.set(name, asked);
    return [201, asked];
  }
}

const failure = (code: number) => ({ kind: "Status", status: "Failure", code, message: `status ${code}` });
