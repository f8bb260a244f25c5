import { request } from "node:http";

import { rigError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { Toxic } from "./toxic.ts";

/** toxiproxy's control port hangs under traffic now and then (Shopify/toxiproxy#558): no call waits longer, ms. */
const LIMIT_MS = 5_000;

export interface ProxySpec {
  name: string;
  /** `ADDRESS:PORT` on the machine. */
  listen: string;
  upstream: string;
  /** In force from the first connection on. */
  toxics: readonly Toxic[];
  /** False: connections are refused. */
  enabled: boolean;
}

/** toxiproxy's control port on a machine's loopback, through the driver's own channel. */
export class ToxiproxyClient {
  private readonly node: NodeHandle;
  private readonly port: number;

  constructor(node: NodeHandle, port: number) {
    this.node = node;
    this.port = port;
  }

  /** Made disabled, given its toxics, then enabled, so that no connection goes by without them (Shopify/toxiproxy#148). */
  async createProxy({ name, listen, upstream, toxics, enabled }: ProxySpec): Promise<void> {
    await this.call("POST", "/proxies", { name, listen, upstream, enabled: false });
    for (const { type, stream, attributes } of toxics)
      await this.call("POST", `/proxies/${name}/toxics`, {
        ...{ name: `${type}-${stream}`, type, stream, attributes },
        // Of connections, not of bytes: every connection is concerned.
        toxicity: 1,
      });
    if (enabled) await this.call("POST", `/proxies/${name}`, { enabled: true });
  }

  private async call(method: string, path: string, body: object): Promise<void> {
    const socket = await this.node.connect({ port: this.port });
    const text = JSON.stringify(body);
    const where = `${this.node.name}: toxiproxy ${method} ${path}`;
    try {
      await new Promise<void>((resolve, reject) => {
        const signal = AbortSignal.timeout(LIMIT_MS);
        const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
        const options = { method, path, headers, signal, createConnection: () => socket };
        const asked = request(options, (answer) => {
          const status = answer.statusCode ?? 0;
          let words = "";
          answer.on("data", (chunk: Buffer) => (words += chunk.toString()));
          answer.once("end", () =>
            status < 300 ? resolve() : reject(new Error(`HTTP ${status}: ${words}`)),
          );
          answer.once("error", reject);
        });
        asked.once("error", reject);
        asked.end(text);
      });
    } catch (cause) {
      throw rigError("TOXIPROXY", `toxiproxy on ${this.node.name} does not do what it was asked`, {
        where,
        expected: `an answer within ${LIMIT_MS / 1000} s`,
        fix: `see logs/${this.node.name} in the run folder`,
        cause,
      });
    } finally {
      socket.destroy();
    }
  }
}
