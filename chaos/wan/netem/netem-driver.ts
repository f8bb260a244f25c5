import type { LinkParams } from "../../../harness/config/model.ts";
import { rigError } from "../../../harness/errors.ts";
import type { BackendDriver, WanTotals } from "../backend-driver.ts";
import type { AttachedMember } from "../interfaces.ts";
import { routerSysctls, type FormerSysctls } from "../sysctl.ts";
import { addressesOf, type DirectedLink, type LinkCounters } from "../wan-engine.ts";
import { duplicatesInForce, removeDuplicates, setDuplicates, type Duplicate } from "./duplicates.ts";
import { mtuOfFilters } from "./mtu-filters.ts";
import {
  addLeaf,
  addMtu,
  addRoot,
  changeLeaf,
  deleteMtu,
  deleteRoot,
  type NetemLeaf,
  showFilters,
  sourceOfHandle,
  sourceOfTooLong,
  tooLongClassId,
} from "./netem-commands.ts";
import { isOurRoot, netemInForce, parseQdiscs, refuseForeignRoot, type QdiscStatus } from "./netem-status.ts";
import { tc, tcBatch } from "./tc.ts";

const showAllQdiscs = async (): Promise<QdiscStatus[]> =>
  parseQdiscs(await tc(["-s", "-j", "qdisc", "show"]));

interface LeafStatus {
  from: string;
  to: AttachedMember;
  source: number;
  qdisc: QdiscStatus;
  tooLong: QdiscStatus;
}

/** The netem back end: a tree of qdiscs on the interface towards each member. */
export class NetemDriver implements BackendDriver {
  readonly backend = "netem";
  readonly realtime = "kernel";
  private readonly members: readonly AttachedMember[];
  /** MTU of each direction that has one, by interface and sender. */
  private readonly mtus = new Map<string, number>();
  /** What was asked of each direction, by the same. */
  private readonly asked = new Map<string, LinkParams>();
  /** Directions that duplicate, by interface and sender. */
  private readonly duplicates = new Map<string, Duplicate>();
  private readonly sysctls: FormerSysctls;
  private closed = false;

  /** Refuses foreign qdiscs on any interface before it changes the first. */
  static async start(members: readonly AttachedMember[], sysctls: FormerSysctls): Promise<NetemDriver> {
    const driver = new NetemDriver(members, sysctls);
    const qdiscs = await showAllQdiscs();
    for (const { device } of members) {
      refuseForeignRoot(
        device,
        qdiscs.filter(({ dev }) => dev === device),
      );
    }
    await removeNetem();
    try {
      await sysctls.set(routerSysctls(members.map(({ device }) => device)));
      await tcBatch(
        members.flatMap(({ device, mtu }) => [
          ...addRoot(device, mtu),
          ...driver.leaves(device).flatMap(addLeaf),
        ]),
      );
      return driver;
    } catch (error) {
      await driver.close();
      throw error;
    }
  }

  private constructor(members: readonly AttachedMember[], sysctls: FormerSysctls) {
    this.members = members;
    this.sysctls = sysctls;
  }

  /** Directions that lead out of `device`, which is one member's alone. */
  private leaves(device: string): NetemLeaf[] {
    return this.members.flatMap((member, source) => {
      return member.device === device ? [] : [{ device, source, sourceAddresses: addressesOf(member) }];
    });
  }

  async apply(links: readonly DirectedLink[]): Promise<void> {
    const changes = links.flatMap(({ from, to, params }) => {
      const device = this.members.find(({ name }) => name === to)?.device;
      const source = this.members.findIndex(({ name }) => name === from);
      const leaf = this.leaves(device ?? "").find((each) => each.source === source);
      return leaf ? [{ leaf, params, key: `${leaf.device} ${source}`, mtu: params.mtuBytes ?? 0 }] : [];
    });
    const commands = changes.flatMap(({ leaf, params, key, mtu }) => {
      const known = this.mtus.get(key) ?? 0;
      return [
        changeLeaf(leaf.device, leaf.source, params),
        ...(known !== mtu && known > 0 ? [deleteMtu(leaf.device, leaf.source)] : []),
        ...(known !== mtu && mtu > 0 ? addMtu(leaf, mtu) : []),
      ];
    });
    if (commands.length > 0) await tcBatch(commands);
    for (const { key, mtu, params } of changes) {
      this.mtus.set(key, mtu);
      this.asked.set(key, params);
    }
    await this.applyDuplicates(changes);
  }

  private async applyDuplicates(
    changes: readonly { leaf: NetemLeaf; params: LinkParams; key: string }[],
  ): Promise<void> {
    const before = JSON.stringify([...this.duplicates.values()]);
    for (const { leaf, params, key } of changes) {
      const share = params.duplicate ?? 0;
      if (share > 0) this.duplicates.set(key, { ...leaf, share });
      else this.duplicates.delete(key);
    }
    const after = [...this.duplicates.values()];
    if (JSON.stringify(after) !== before) await setDuplicates(after);
  }

  /** Rejects if a part of a tree is gone or is not ours. */
  private async status(): Promise<LeafStatus[]> {
    const qdiscs = await showAllQdiscs();
    return this.members.flatMap((to) => {
      const own = qdiscs.filter(({ dev }) => dev === to.device);
      const netems = own.filter(({ kind }) => kind === "netem");
      if (!own.some(isOurRoot)) throw treeGone(to.device, "the root qdisc");
      return this.leaves(to.device).map(({ source }) => {
        const from = this.members[source]?.name ?? "";
        const total = this.members.length;
        const qdisc = netems.find(({ handle }) => sourceOfHandle(handle, total) === source);
        const tooLong = netems.find(({ handle }) => sourceOfTooLong(handle, total) === source);
        if (!qdisc || !tooLong) throw treeGone(to.device, `the netem of ${from}`);
        return { from, to, source, qdisc, tooLong };
      });
    });
  }

  async alive(): Promise<void> {
    await this.status();
  }

  async inForce(): Promise<DirectedLink[]> {
    const leaves = await this.status();
    const filters = new Map<string, string>();
    for (const { device } of this.members) filters.set(device, await tc(showFilters(device)));
    const duplicates = this.duplicates.size > 0 ? await duplicatesInForce() : [];
    const links = leaves.map(({ from, to, source, qdisc }) => {
      const mtuBytes = mtuOfFilters(filters.get(to.device) ?? "", tooLongClassId(source), to.device);
      const own = duplicates.find((one) => one.device === to.device && one.source === source);
      const params: LinkParams = netemInForce(qdisc, this.asked.get(`${to.device} ${source}`));
      if (mtuBytes !== undefined) params.mtuBytes = mtuBytes;
      if (own) params.duplicate = own.share;
      return { from, to: to.name, params };
    });
    return links.filter(({ params }) => Object.keys(params).length > 0);
  }

  /** netem counts what it lost and what found no room together, and a packet when it leaves. */
  async counters(): Promise<{ links: LinkCounters[]; totals: WanTotals }> {
    const links = (await this.status()).map(({ from, to, qdisc, tooLong }) => {
      const { packets = 0, drops = 0, qlen = 0 } = qdisc;
      const lost = drops + (tooLong.drops ?? 0);
      return { from, to: to.name, packets: packets + lost + qlen, lost, queueDrops: 0 };
    });
    return { links, totals: { unknown: 0, writeErrors: 0 } };
  }

  /** Qdiscs live in the kernel: they outlast the service, and only `alive` sees that somebody took them away. */
  onDeath(): void {}

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await removeNetem();
    await this.sysctls.restore();
  }
}

const treeGone = (device: string, what: string) =>
  rigError("wan-qdisc-gone", `${what} is gone or was replaced`, {
    where: `wan container, interface ${device}`,
    expected: "edgeproof's own tree of qdiscs for as long as the rig",
    fix: "Find out what changes qdiscs on this machine; start the WAN service again.",
  });

/**
 * Removes our trees wherever they are, also those that a killed service left. Any number of times; foreign qdiscs stay.
 */
export async function removeNetem(): Promise<void> {
  await removeDuplicates();
  for (const qdisc of await showAllQdiscs()) {
    if (isOurRoot(qdisc) && qdisc.dev !== undefined) await tc(deleteRoot(qdisc.dev));
  }
}
