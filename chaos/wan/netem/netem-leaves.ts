import type { LinkParams } from "../../../harness/config/model.ts";
import { rigError } from "../../../harness/errors.ts";
import type { DirectedLink, LinkCounters, LinkDirection } from "../wan-engine.ts";
import { duplicatesInForce, setDuplicates, type Duplicate } from "./duplicates.ts";
import { mtuOfFilters } from "./mtu-filters.ts";
import {
  addLeaf,
  addMtu,
  changeLeaf,
  deleteMtu,
  netemHandle,
  type NetemLeaf,
  showFilters,
  tooLongClassId,
  tooLongHandle,
} from "./netem-commands.ts";
import { isOurTree, netemInForce, type QdiscStatus } from "./netem-status.ts";
import { showAllQdiscs } from "./show-qdiscs.ts";
import { tc, tcBatch } from "./tc.ts";

/** A direction and where the kernel impairs it. */
export interface DirectedLeaf extends LinkDirection {
  leaf: NetemLeaf;
}

interface LeafStatus extends DirectedLeaf {
  qdisc: QdiscStatus;
  tooLong: QdiscStatus;
}

const keyOf = ({ device, number }: NetemLeaf): string => `${device} ${number}`;

/** The directions of one machine's trees: what is asked of each, what the kernel has, and what it counted. */
export class NetemLeaves {
  private readonly directions: readonly DirectedLeaf[];
  private readonly exemptPorts: readonly number[];
  /** MTU of each direction that has one. */
  private readonly mtus = new Map<string, number>();
  /** What was asked of each direction. */
  private readonly asked = new Map<string, LinkParams>();
  private readonly duplicates = new Map<string, Duplicate>();

  /** @param exemptPorts TCP ports, of either end, whose packets are never duplicated */
  constructor(directions: readonly DirectedLeaf[], exemptPorts: readonly number[] = []) {
    this.directions = directions;
    this.exemptPorts = exemptPorts;
  }

  get devices(): string[] {
    return [...new Set(this.directions.map(({ leaf }) => leaf.device))];
  }

  /** Arguments of `tc` that make the directions of one interface, below its tree. */
  commandsOf(device: string): string[][] {
    return this.directions.flatMap(({ leaf }) => (leaf.device === device ? addLeaf(leaf) : []));
  }

  async apply(links: readonly DirectedLink[]): Promise<void> {
    const changes = links.flatMap(({ from, to, params }) => {
      const leaf = this.directions.find((one) => one.from === from && one.to === to)?.leaf;
      return leaf ? [{ leaf, params, key: keyOf(leaf), mtu: params.mtuBytes ?? 0 }] : [];
    });
    const commands = changes.flatMap(({ leaf, params, key, mtu }) => {
      const known = this.mtus.get(key) ?? 0;
      return [
        changeLeaf(leaf.device, leaf.number, params),
        ...(known !== mtu && known > 0 ? [deleteMtu(leaf.device, leaf.number)] : []),
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
    if (JSON.stringify(after) !== before) await setDuplicates(after, this.exemptPorts);
  }

  /** Rejects if a part of a tree is gone or is not ours. */
  async status(): Promise<LeafStatus[]> {
    const qdiscs = await showAllQdiscs();
    const gone = this.devices.find((device) => !qdiscs.some((one) => one.dev === device && isOurTree(one)));
    if (gone !== undefined) throw treeGone(gone, "edgeproof's tbf");
    return this.directions.map(({ from, to, leaf }) => {
      const { device, number } = leaf;
      const own = qdiscs.filter(({ dev, kind }) => dev === device && kind === "netem");
      const qdisc = own.find(({ handle }) => handle === netemHandle(number));
      const tooLong = own.find(({ handle }) => handle === tooLongHandle(number));
      if (!qdisc || !tooLong) throw treeGone(device, `the netem of ${from} -> ${to}`);
      return { from, to, leaf, qdisc, tooLong };
    });
  }

  /** Only directions with an impairment. */
  async inForce(): Promise<DirectedLink[]> {
    const leaves = await this.status();
    const filters = new Map<string, string>();
    for (const device of this.devices) filters.set(device, await tc(showFilters(device)));
    const duplicates = this.duplicates.size > 0 ? await duplicatesInForce() : [];
    const links = leaves.map(({ from, to, leaf, qdisc }) => {
      const { device, number } = leaf;
      const mtuBytes = mtuOfFilters(filters.get(device) ?? "", tooLongClassId(number), device);
      const own = duplicates.find((one) => one.device === device && one.number === number);
      const params: LinkParams = netemInForce(qdisc, this.asked.get(keyOf(leaf)));
      if (mtuBytes !== undefined) params.mtuBytes = mtuBytes;
      if (own) params.duplicate = own.share;
      return { from, to, params };
    });
    return links.filter(({ params }) => Object.keys(params).length > 0);
  }

  /** netem counts what it lost and what found no room together, and a packet when it leaves. */
  async counters(): Promise<LinkCounters[]> {
    return (await this.status()).map(({ from, to, qdisc, tooLong }) => {
      const { packets = 0, drops = 0, qlen = 0 } = qdisc;
      const lost = drops + (tooLong.drops ?? 0);
      return { from, to, packets: packets + lost + qlen, lost, queueDrops: 0 };
    });
  }
}

const treeGone = (device: string, what: string) =>
  rigError("wan-qdisc-gone", `${what} is gone or was replaced`, {
    where: `interface ${device} of the WAN service's machine`,
    expected: "edgeproof's own tree of qdiscs for as long as the rig",
    fix: "Find out what changes qdiscs on this machine; start the WAN service again.",
  });
