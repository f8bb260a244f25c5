import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

import { Toxiproxy } from "toxiproxy-node-client";

import { rigError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { Toxic } from "./toxic.ts";

/** toxiproxy's control port hangs under traffic now and then (Shopify/toxiproxy#558): nothing waits longer, ms. */
const LIMIT_MS = 10_000;

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
    await this.call(`proxy ${name}`, async (toxiproxy) => {
      const proxy = await toxiproxy.createProxy({ name, listen, upstream, enabled: false });
      for (const { type, stream, attributes } of toxics)
        // A toxicity of 1 concerns every connection: it is a share of connections, not of bytes.
        await proxy.addToxic({ name: `${type}-${stream}`, type, stream, attributes, toxicity: 1 });
      if (enabled) await proxy.update({ listen, upstream, enabled: true });
    });
  }

  private async call(what: string, work: (toxiproxy: Toxiproxy) => Promise<void>): Promise<void> {
    await using entry = await LocalEntry.open(this.node, this.port);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
    });
    try {
      await Promise.race([work(new Toxiproxy(entry.url)), late]);
    } catch (cause) {
      throw rigError("TOXIPROXY", `toxiproxy on ${this.node.name} does not do what it was asked`, {
        where: `${this.node.name}: toxiproxy, ${what}`,
        expected: `success within ${LIMIT_MS / 1000} s`,
        fix: `see logs/${this.node.name} in the run folder`,
        cause,
      });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A port of this machine's loopback that leads to one of a machine's, while it is open: the library takes only a URL. */
class LocalEntry implements AsyncDisposable {
  private readonly server: Server;
  private readonly sockets = new Set<{ destroy(): unknown }>();

  private constructor(node: NodeHandle, port: number) {
    this.server = createServer((socket) => void this.forward(socket, node, port));
  }

  static async open(node: NodeHandle, port: number): Promise<LocalEntry> {
    const entry = new LocalEntry(node, port);
    entry.server.listen(0, "127.0.0.1");
    await once(entry.server, "listening");
    return entry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private async forward(socket: Socket, node: NodeHandle, port: number): Promise<void> {
    this.sockets.add(socket);
    socket.on("error", () => undefined);
    try {
      const there = await node.connect({ port });
      if (socket.destroyed) return void there.destroy();
      this.sockets.add(there);
      there.on("error", () => socket.destroy());
      there.on("close", () => socket.destroy());
      socket.on("close", () => there.destroy());
      socket.pipe(there).pipe(socket);
    } catch {
      // The library sees its connection end.
      socket.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, "close");
  }
}
