import { rigError, usageError } from "../../../harness/errors.ts";
import type { BackendDriver, WanTotals } from "../backend-driver.ts";
import { type EgressPeer, findPeers } from "../egress-peers.ts";
import { impairs } from "../link-params.ts";
import { addressesOf, type DirectedLink, type LinkCounters, type WanMember } from "../wan-engine.ts";
import { addEgressRoot, leadToPeers, PEERS } from "./egress-commands.ts";
import { queueKind } from "./former-qdiscs.ts";
import { addTree } from "./netem-commands.ts";
import { NetemLeaves } from "./netem-leaves.ts";
import { refuseForeignRoot } from "./netem-status.ts";
import type { NetemTraces } from "./netem-traces.ts";
import { showAllQdiscs } from "./show-qdiscs.ts";
import { tcBatch } from "./tc.ts";

export interface EgressOptions {
  self: string;
  members: readonly WanMember[];
  /** TCP ports, of either end, whose packets are never impaired. */
  controlPorts: readonly number[];
  /** Without anything in force, the interfaces get their own qdiscs back after this time, ms. */
  idleMs: number;
}

/** Between two looks at the routes, ms: `alive` is asked five times a second. */
const ROUTES_MS = 5_000;

/**
 * The netem back end of a node: it impairs what the node itself sends to its peers. The interfaces are touched only while
 * something is in force, and a while after, so that packets in flight arrive.
 */
export class EgressDriver implements BackendDriver {
  readonly backend = "netem";
  readonly realtime = "kernel";
  private readonly options: EgressOptions;
  private readonly traces: NetemTraces;
  /** There while the trees are. */
  private leaves: NetemLeaves | undefined;
  private peers: readonly EgressPeer[] = [];
  /** Peers towards which something is in force. */
  private readonly impaired = new Set<string>();
  private routesAt = 0;
  private idle: NodeJS.Timeout | undefined;
  /** One change of the interfaces after the other. */
  private last: Promise<unknown> = Promise.resolve();

  /** Removes what a killed one left. @throws EdgeproofError where an interface has somebody else's qdisc */
  static async start(options: EgressOptions, traces: NetemTraces): Promise<EgressDriver> {
    const driver = new EgressDriver(options, traces);
    await traces.remove();
    await driver.look();
    return driver;
  }

  private constructor(options: EgressOptions, traces: NetemTraces) {
    this.options = options;
    this.traces = traces;
  }

  /** Where the peers are now, and whether their interfaces are free. */
  private async look(): Promise<void> {
    this.peers = await findPeers(this.options.self, this.options.members);
    const qdiscs = await showAllQdiscs();
    for (const { device } of this.peers) refuseForeignRoot(device, qdiscs);
  }

  apply(links: readonly DirectedLink[]): Promise<void> {
    const { self } = this.options;
    const foreign = links.find(({ from }) => from !== self);
    if (foreign)
      throw usageError("wan-not-from-here", `${self} cannot impair what ${foreign.from} sends`, {
        where: `link ${foreign.from} -> ${foreign.to}`,
        expected: `links from ${self}`,
      });
    return this.next(async () => {
      if (!this.leaves && !links.some(({ params }) => impairs(params))) return;
      clearTimeout(this.idle);
      this.leaves ??= await this.build();
      for (const { to, params } of links)
        if (impairs(params)) this.impaired.add(to);
        else this.impaired.delete(to);
      await this.leaves.apply(links);
      this.awaitIdle();
    });
  }

  /** The interfaces get their own qdiscs back at once. */
  clear(): Promise<void> {
    return this.next(() => this.remove());
  }

  async alive(): Promise<void> {
    const { leaves } = this;
    if (!leaves) return;
    try {
      await leaves.status();
      await this.routesAsBefore();
    } catch (error) {
      // It may have been taken away for good meanwhile.
      if (this.leaves === leaves) throw error;
    }
  }

  inForce(): Promise<DirectedLink[]> {
    return this.next(() => this.leaves?.inForce() ?? Promise.resolve([]));
  }

  /** From the moment on that something was put in force; all are 0 while nothing is. */
  counters(): Promise<{ links: LinkCounters[]; totals: WanTotals }> {
    return this.next(async () => {
      const none = this.peers.map(({ name }) => ({ from: this.options.self, to: name }));
      const links = (await this.leaves?.counters()) ?? none.map((link) => ({ ...link, ...NOTHING }));
      return { links, totals: { unknown: 0, writeErrors: 0 } };
    });
  }

  /** Qdiscs live in the kernel: they outlast the service, and only `alive` sees that somebody took them away. */
  onDeath(): void {}

  close(): Promise<void> {
    return this.next(() => this.remove());
  }

  private next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  private async build(): Promise<NetemLeaves> {
    await this.look();
    const { self, controlPorts } = this.options;
    const { peers } = this;
    const leaves = new NetemLeaves(
      peers.map((peer) => ({
        from: self,
        to: peer.name,
        leaf: { device: peer.device, number: peer.number, addresses: addressesOf(peer), by: "dst" },
      })),
      controlPorts,
    );
    const known = await this.traces.former.remember(leaves.devices);
    const commands = leaves.devices.map((device) => {
      const behind = peers.filter((peer) => peer.device === device);
      return [
        ...addEgressRoot(device, queueKind(known[device] ?? [])),
        ...addTree(device, behind[0]?.mtu ?? 1500, PEERS),
        ...leaves.commandsOf(device),
        ...leadToPeers(device, behind, controlPorts),
      ];
    });
    try {
      await tcBatch(commands.flat());
    } catch (error) {
      await this.traces.remove();
      throw error;
    }
    this.routesAt = performance.now();
    return leaves;
  }

  private async remove(): Promise<void> {
    clearTimeout(this.idle);
    await this.traces.remove();
    this.leaves = undefined;
    this.impaired.clear();
  }

  private awaitIdle(): void {
    if (this.impaired.size > 0) return;
    const end = async (): Promise<void> => {
      if (this.impaired.size === 0) await this.remove();
    };
    this.idle = setTimeout(() => {
      this.next(end).catch((error: unknown) => console.error(`idle, but not removed: ${String(error)}`));
    }, this.options.idleMs);
  }

  /** A route that moves to another interface takes the packets away from their netem. */
  private async routesAsBefore(): Promise<void> {
    if (performance.now() - this.routesAt < ROUTES_MS) return;
    this.routesAt = performance.now();
    const now = await findPeers(this.options.self, this.options.members);
    for (const { name, device } of this.peers) {
      const found = now.find((peer) => peer.name === name)?.device;
      if (found === device) continue;
      throw rigError("wan-route-moved", `the way to ${name} leads by ${found} now, no longer by ${device}`, {
        where: this.options.self,
        expected: "the same interface for as long as something is in force",
        fix: "Take away what changes the routes (a second network that comes and goes), then run again.",
      });
    }
  }
}

const NOTHING = { packets: 0, lost: 0, queueDrops: 0 };
