import { Toxiproxy } from "toxiproxy-node-client";

import { BIN_PATH } from "../rig/driver/container/container-driver.ts";
import type { DeployedFunction } from "../rig/functions/functions-layer.ts";
import type { NodeHandle } from "../rig/node-handle.ts";
import { type ForwardedPort, forwardPort } from "./forward-port.ts";

const API_PORT = 8474;
const FIRST_LISTEN_PORT = 18_080;

export interface GatewayRoute {
  fn: string;
  /** The node port over the overlay: how a user's request comes in. */
  url: string;
  /** Through toxiproxy, where stream faults act. */
  streamUrl: string;
  proxy: Awaited<ReturnType<Toxiproxy["createProxy"]>>;
}

/**
 * The tester's way to functions: a node port on the overlay, and toxiproxy on the tester's loopback in front of it for
 * stream faults. Only loads under a stream fault go through toxiproxy: it dials its upstream within its accept loop
 * (v2.12.0, proxy.go), so that one lost SYN or dead pod makes every later connection wait, and a packet fault would be
 * judged by the proxy's queue.
 */
export class Gateway {
  private readonly client: Toxiproxy;
  private readonly api: ForwardedPort;
  private readonly entry: NodeHandle;
  private readonly routes = new Map<string, GatewayRoute>();
  private nextPort = FIRST_LISTEN_PORT;

  private constructor(client: Toxiproxy, api: ForwardedPort, entry: NodeHandle) {
    this.client = client;
    this.api = api;
    this.entry = entry;
  }

  /** Starts toxiproxy on the tester; requests enter the cluster at `entry`. */
  static async start(tester: NodeHandle, entry: NodeHandle): Promise<Gateway> {
    await tester.startService({
      name: "toxiproxy",
      argv: [`${BIN_PATH}/toxiproxy-server`, "-host", "127.0.0.1", "-port", String(API_PORT)],
      readyPattern: "Starting Toxiproxy HTTP server",
    });
    const api = await forwardPort(tester, API_PORT);
    const client = new Toxiproxy(`http://127.0.0.1:${api.port}`);
    await client.getVersion();
    return new Gateway(client, api, entry);
  }

  async open({ spec, nodePort }: DeployedFunction): Promise<GatewayRoute> {
    const listen = `127.0.0.1:${this.nextPort++}`;
    const upstream = `${this.entry.overlay}:${nodePort}`;
    const proxy = await this.client.createProxy({ name: spec.name, listen, upstream, enabled: true });
    const route = { fn: spec.name, url: `http://${upstream}/`, streamUrl: `http://${listen}/`, proxy };
    this.routes.set(spec.name, route);
    return route;
  }

  route(fn: string): GatewayRoute {
    const found = this.routes.get(fn);
    if (!found) throw new Error(`no route to ${fn}; deploy it first`);
    return found;
  }

  close(): void {
    this.api.close();
  }
}
