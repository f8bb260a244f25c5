import { request as plainRequest } from "node:http";
import { Agent, type RequestOptions, request } from "node:https";

import type { KubeConfig } from "@kubernetes/client-node";

export interface ApiAnswer {
  /** HTTP status; 0: none within the limit. */
  status: number;
  /** Until the last byte, or until it was given up. */
  ms: number;
  body: string;
  /** Why there is none. */
  cause?: Error;
}

export interface ApiCall {
  method: "GET" | "PATCH" | "PUT" | "POST" | "DELETE";
  path: string;
  body?: object;
  contentType?: string;
}

/** Tokens of a kubeconfig run out; whoever gives them keeps them until then. */
const CREDENTIALS_MS = 60_000;

/** Asks the API with a limit, each time on a connection of its own: a client that keeps a dead one would be measured. */
export class ApiRequests {
  private readonly kube: KubeConfig;
  private readonly limitMs: number;
  private readonly connections: number | undefined;
  private options: RequestOptions | undefined;
  private knownAt = 0;

  /** @param connections that are kept and shared, where calls are so many that handshakes would cost more than they do */
  constructor(kube: KubeConfig, limitMs: number, connections?: number) {
    this.kube = kube;
    this.limitMs = limitMs;
    this.connections = connections;
  }

  async send({ method, path, body, contentType = "application/json" }: ApiCall): Promise<ApiAnswer> {
    const text = body === undefined ? "" : JSON.stringify(body);
    const own =
      body === undefined ? {} : { "content-type": contentType, "content-length": Buffer.byteLength(text) };
    const known = await this.known();
    // The kubeconfig's own headers hold its token, or whom it acts as.
    const headers = { ...(known.headers as Record<string, string> | undefined), ...own };
    const options = { ...known, method, headers, signal: AbortSignal.timeout(this.limitMs) };
    const began = performance.now();
    const server = this.kube.getCurrentCluster()?.server ?? "";
    return new Promise((resolve) => {
      let words = "";
      const end = (status: number, cause?: Error): void =>
        resolve({ status, ms: performance.now() - began, body: words, ...(cause ? { cause } : {}) });
      const ask = server.startsWith("http:") ? plainRequest : request;
      const asked = ask(`${server}${path}`, options, (answer) => {
        answer.on("data", (chunk: Buffer) => (words += chunk.toString()));
        answer.once("end", () => end(answer.statusCode ?? 0));
        answer.once("error", (error) => end(0, error));
      });
      asked.once("error", (error) => end(0, error));
      asked.end(text);
    });
  }

  private async known(): Promise<RequestOptions> {
    if (this.options && Date.now() - this.knownAt < CREDENTIALS_MS) return this.options;
    const options: RequestOptions = {};
    await this.kube.applyToHTTPSOptions(options);
    if (this.connections !== undefined) {
      const { ca, cert, key, rejectUnauthorized, servername } = options;
      options.agent =
        this.options?.agent ??
        new Agent({
          ...{ ca, cert, key, keepAlive: true, maxSockets: this.connections },
          ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
          ...(servername === undefined ? {} : { servername }),
        });
    }
    this.knownAt = Date.now();
    return (this.options = options);
  }
}

export const succeeded = ({ status }: ApiAnswer): boolean => status >= 200 && status < 300;
