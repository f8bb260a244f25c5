import type { BackendDriver, WanTotals } from "../backend-driver.ts";
import type { AttachedMember } from "../interfaces.ts";
import { routerSysctls, type FormerSysctls } from "../sysctl.ts";
import { addressesOf, type DirectedLink, type LinkCounters } from "../wan-engine.ts";
import { addTree } from "./netem-commands.ts";
import { type DirectedLeaf, NetemLeaves } from "./netem-leaves.ts";
import { refuseForeignRoot } from "./netem-status.ts";
import type { NetemTraces } from "./netem-traces.ts";
import { showAllQdiscs } from "./show-qdiscs.ts";
import { tcBatch } from "./tc.ts";

/** The netem back end of a router: a tree of qdiscs on the interface towards each member. */
export class NetemDriver implements BackendDriver {
  readonly backend = "netem";
  readonly realtime = "kernel";
  private readonly leaves: NetemLeaves;
  private readonly traces: NetemTraces;
  private readonly sysctls: FormerSysctls;
  private closed = false;

  /** Refuses foreign qdiscs on any interface before it changes the first. */
  static async start(
    members: readonly AttachedMember[],
    sysctls: FormerSysctls,
    traces: NetemTraces,
  ): Promise<NetemDriver> {
    const driver = new NetemDriver(members, sysctls, traces);
    const qdiscs = await showAllQdiscs();
    for (const { device } of members) refuseForeignRoot(device, qdiscs);
    await traces.remove();
    try {
      await sysctls.set(routerSysctls(members.map(({ device }) => device)));
      await tcBatch(
        members.flatMap(({ device, mtu }) => [...addTree(device, mtu), ...driver.leaves.commandsOf(device)]),
      );
      return driver;
    } catch (error) {
      await driver.close();
      throw error;
    }
  }

  private constructor(members: readonly AttachedMember[], sysctls: FormerSysctls, traces: NetemTraces) {
    this.leaves = new NetemLeaves(members.flatMap((to) => directionsTo(to, members)));
    this.sysctls = sysctls;
    this.traces = traces;
  }

  apply(links: readonly DirectedLink[]): Promise<void> {
    return this.leaves.apply(links);
  }

  async alive(): Promise<void> {
    await this.leaves.status();
  }

  inForce(): Promise<DirectedLink[]> {
    return this.leaves.inForce();
  }

  async counters(): Promise<{ links: LinkCounters[]; totals: WanTotals }> {
    return { links: await this.leaves.counters(), totals: { unknown: 0, writeErrors: 0 } };
  }

  /** Qdiscs live in the kernel: they outlast the service, and only `alive` sees that somebody took them away. */
  onDeath(): void {}

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.traces.remove();
    await this.sysctls.restore();
  }
}

/** Directions that lead out of the interface of `to`, which is that member's alone. */
const directionsTo = (to: AttachedMember, members: readonly AttachedMember[]): DirectedLeaf[] =>
  members.flatMap((from, number) => {
    if (from.device === to.device) return [];
    const leaf = { device: to.device, number, addresses: addressesOf(from), by: "src" as const };
    return [{ from: from.name, to: to.name, leaf }];
  });
