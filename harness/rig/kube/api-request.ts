import { Agent, type RequestOptions, request } from "node:https";

import type { KubeConfig } from "@kubernetes/client-node";

export interface ApiAnswer {
  /** HTTP status; 0: none within the limit. */
  status: number;
  /** Until the last byte, or until it was given up. */
  ms: number;
  body: string;
}

export interface ApiCall {
  method: "GET" | "PATCH" | "PUT" | "POST" | "DELETE";
  path: string;
  body?: object;
  contentType?: string;
}

/** Asks the API with a limit, each time on a connection of its own: a client that keeps a dead one would be measured. */
export class ApiRequests {
  private readonly kube: KubeConfig;
  private readonly limitMs: number;
  private readonly connections: number | undefined;
  private options: RequestOptions | undefined;

  /** @param connections that are kept and shared, where calls are so many that handshakes would cost more than they do */
  constructor(kube: KubeConfig, limitMs: number, connections?: number) {
    this.kube = kube;
    this.limitMs = limitMs;
    this.connections = connections;
  }

  async send({ method, path, body, contentType = "application/json" }: ApiCall): Promise<ApiAnswer> {
    const text = body === undefined ? "" : JSON.stringify(body);
    const headers =
      body === undefined ? {} : { "content-type": contentType, "content-length": Buffer.byteLength(text) };
    const options = { ...(await this.known()), method, headers, signal: AbortSignal.timeout(this.limitMs) };
    const began = performance.now();
    return new Promise((resolve) => {
      let words = "";
      const end = (status: number): void => resolve({ status, ms: performance.now() - began, body: words });
      const asked = request(`${this.kube.getCurrentCluster()?.server}${path}`, options, (answer) => {
        answer.on("data", (chunk: Buffer) => (words += chunk.toString()));
        answer.once("end", () => end(answer.statusCode ?? 0));
        answer.once("error", () => end(0));
      });
      asked.once("error", () => end(0));
      asked.end(text);
    });
  }

  private async known(): Promise<RequestOptions> {
    if (this.options) return this.options;
    const options: RequestOptions = {};
    await this.kube.applyToHTTPSOptions(options);
    if (this.connections !== undefined) {
      const { ca, cert, key } = options;
      options.agent = new Agent({ ca, cert, key, keepAlive: true, maxSockets: this.connections });
    }
    return (this.options = options);
  }
}

export const succeeded = ({ status }: ApiAnswer): boolean => status >= 200 && status < 300;
