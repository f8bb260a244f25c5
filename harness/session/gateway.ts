import type { FunctionWay } from "../rig/function-way.ts";
import type { DeployedFunction } from "../rig/functions/functions-layer.ts";
import type { NodeHandle } from "../rig/node-handle.ts";

export interface GatewayRoute {
  fn: string;
  /** The node port over the overlay: how a user's request comes in. */
  url: string;
  /** The Host header, where it is not the address. */
  host?: string;
}

/**
 * The tester's way to functions: a node port on the overlay. toxiproxy is put in front of it by a stream fault alone, on
 * the way itself: always there, it would be what a packet fault is judged by, as it dials its upstream within its accept
 * loop (v2.12.0, proxy.go), so that one lost SYN or dead pod makes every later connection wait.
 */
export class Gateway {
  private readonly entry: NodeHandle;
  private readonly way: FunctionWay | undefined;
  private readonly routes = new Map<string, GatewayRoute>();

  /** Requests enter the cluster at `entry`, or by a way that is not the rig's own network. */
  constructor(entry: NodeHandle, way?: FunctionWay) {
    this.entry = entry;
    this.way = way;
  }

  /** Opens the way to a function that is deployed. */
  async lead(deployed: DeployedFunction): Promise<GatewayRoute> {
    return this.way === undefined ? this.open(deployed) : this.keep(deployed, await this.way.urlOf(deployed));
  }

  /** By the node port at the entry. */
  open(deployed: DeployedFunction): GatewayRoute {
    return this.keep(deployed, `http://${this.entry.overlay}:${deployed.nodePort}/${deployed.path}`);
  }

  private keep({ name, host }: DeployedFunction, url: string): GatewayRoute {
    const route = { fn: name, url, ...(host === undefined ? {} : { host }) };
    this.routes.set(name, route);
    return route;
  }

  route(fn: string): GatewayRoute {
    const found = this.routes.get(fn);
    if (!found) throw new Error(`no route to ${fn}; deploy it first`);
    return found;
  }
}
