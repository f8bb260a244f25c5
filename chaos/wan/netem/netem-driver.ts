import type { BackendDriver, WanTotals } from "../backend-driver.ts";
import type { AttachedMember } from "../interfaces.ts";
import { runProgram } from "../run-program.ts";
import { restoreSysctls, routerSysctls, setSysctls, type Sysctl } from "../sysctl.ts";
import type { DirectedLink, LinkCounters } from "../wan-engine.ts";
import { addLeaf, addRoot, changeLeaf, deleteRoot, sourceOfHandle } from "./netem-commands.ts";
import { isOurRoot, netemInForce, parseQdiscs, refuseForeignRoot, type QdiscStatus } from "./netem-status.ts";

/** One `tc` process for many commands; the words never hold blanks (interface names, addresses, numbers). */
const tcBatch = (commands: readonly string[][]): Promise<string> =>
  runProgram(["tc", "-batch", "-"], commands.map((words) => `${words.join(" ")}\n`).join(""));

const showQdiscs = async (device: string): Promise<QdiscStatus[]> =>
  parseQdiscs(await runProgram(["tc", "-s", "-j", "qdisc", "show", "dev", device]));

/** The netem back end: a tree of qdiscs on the interface towards each member. */
export class NetemDriver implements BackendDriver {
  readonly backend = "netem";
  readonly realtime = "kernel";
  private readonly members: readonly AttachedMember[];
  private former: Sysctl[] = [];
  private closed = false;

  /** Refuses foreign qdiscs on any interface before it changes the first. */
  static async start(members: readonly AttachedMember[]): Promise<NetemDriver> {
    const driver = new NetemDriver(members);
    const { devices } = driver;
    for (const device of devices) refuseForeignRoot(device, await showQdiscs(device));
    await removeNetem(devices);
    try {
      driver.former = await setSysctls(routerSysctls(devices));
      await tcBatch(devices.flatMap((device) => [addRoot(device), ...driver.leaves(device)]));
      return driver;
    } catch (error) {
      await driver.close();
      throw error;
    }
  }

  private constructor(members: readonly AttachedMember[]) {
    this.members = members;
  }

  private get devices(): string[] {
    return [...new Set(this.members.map(({ device }) => device))];
  }

  private leaves(device: string): string[][] {
    return this.members.flatMap((member, source) =>
      member.device === device ? [] : addLeaf({ device, source, sourceAddress: member.address }),
    );
  }

  async apply(links: readonly DirectedLink[]): Promise<void> {
    const commands = links.flatMap(({ from, to, params }) => {
      const target = this.members.find(({ name }) => name === to);
      const source = this.members.findIndex(({ name }) => name === from);
      return target ? [changeLeaf(target.device, source, params)] : [];
    });
    if (commands.length > 0) await tcBatch(commands);
  }

  private async status(): Promise<{ from: string; to: string; qdisc: QdiscStatus }[]> {
    const all = await Promise.all(
      this.members.map(async (target) => {
        const qdiscs = await showQdiscs(target.device);
        return qdiscs.flatMap((qdisc) => {
          const source =
            qdisc.kind === "netem" ? sourceOfHandle(qdisc.handle, this.members.length) : undefined;
          const from = source === undefined ? undefined : this.members[source];
          return from ? [{ from: from.name, to: target.name, qdisc }] : [];
        });
      }),
    );
    return all.flat();
  }

  async inForce(): Promise<DirectedLink[]> {
    const links = (await this.status()).map(({ from, to, qdisc }) => ({
      from,
      to,
      params: netemInForce(qdisc),
    }));
    return links.filter(({ params }) => Object.keys(params).length > 0);
  }

  /** netem counts what it lost and what found no room together, and a packet when it leaves. */
  async counters(): Promise<{ links: LinkCounters[]; totals: WanTotals }> {
    const links = (await this.status()).map(({ from, to, qdisc }) => {
      const { packets = 0, drops = 0, qlen = 0 } = qdisc;
      return { from, to, packets: packets + drops + qlen, lost: drops, queueDrops: 0 };
    });
    return { links, totals: { unknown: 0, writeErrors: 0 } };
  }

  /** Qdiscs live in the kernel: they outlast the service and do not die. */
  onDeath(): void {}

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await removeNetem(this.devices);
    await restoreSysctls(this.former);
  }
}

/** Removes our trees, also those that a killed service left. Any number of times; foreign qdiscs stay. */
export async function removeNetem(devices: readonly string[]): Promise<void> {
  for (const device of devices) {
    if ((await showQdiscs(device)).some(isOurRoot)) await runProgram(["tc", ...deleteRoot(device)]);
  }
}
