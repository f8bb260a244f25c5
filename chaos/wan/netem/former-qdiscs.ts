import { readFile, rm } from "node:fs/promises";

import { rigError } from "../../../harness/errors.ts";
import { FormerSysctls, writeDurably } from "../sysctl.ts";
import { deleteRoot } from "./netem-commands.ts";
import { isOurRoot, type QdiscStatus } from "./netem-status.ts";
import { showAllQdiscs } from "./show-qdiscs.ts";
import { tc } from "./tc.ts";

/** What can be compared of a qdisc that the kernel made by itself: it has no handle, and options that are defaults. */
export interface PlainQdisc {
  kind: string;
  parent?: string;
  options?: unknown;
}

type Known = Record<string, PlainQdisc[]>;

/** Qdiscs of a device that its root is or holds; `ingress` and `clsact` are apart, and never touched. */
export const plainQdiscs = (qdiscs: readonly QdiscStatus[], device: string): PlainQdisc[] =>
  qdiscs
    .filter(({ dev, kind }) => dev === device && kind !== "ingress" && kind !== "clsact")
    .map(({ kind, parent, options }) => ({
      kind,
      ...(parent === undefined ? {} : { parent }),
      ...(options === undefined ? {} : { options }),
    }))
    .sort((a, b) => (a.parent ?? "").localeCompare(b.parent ?? ""));

/** The kind of queue behind a device's root: that of each of its hardware queues where there are several. */
export const queueKind = (qdiscs: readonly PlainQdisc[]): string | undefined => {
  const kind = (qdiscs.find(({ kind }) => kind !== "mq") ?? qdiscs[0])?.kind;
  return kind === "noqueue" || kind === "mq" ? undefined : kind;
};

const DEFAULT_QDISC = "net/core/default_qdisc";

/**
 * The qdiscs that interfaces had before ours, on disk before the first is replaced. Those are the kernel's own: once our
 * root is gone it makes them anew, of the kind that `net.core.default_qdisc` names then, which need not be the one of
 * boot. That is compared, and mended.
 */
export class FormerQdiscs {
  private readonly file: string;

  /** @param file below /run: after a boot there is nothing to be put back */
  constructor(file: string) {
    this.file = file;
  }

  /** Whether there is something to be put back. */
  async exist(): Promise<boolean> {
    return Object.keys(await this.known()).length > 0;
  }

  /** Of devices that have no root of ours. What is known of others already is kept. */
  async remember(devices: readonly string[]): Promise<Known> {
    const qdiscs = await showAllQdiscs();
    const now = Object.fromEntries(devices.map((device) => [device, plainQdiscs(qdiscs, device)]));
    const known = { ...now, ...(await this.known()) };
    await writeDurably(this.file, JSON.stringify(known));
    return known;
  }

  /**
   * Where our root is gone. Devices that are gone, or have somebody else's qdisc by now, are left alone.
   * @throws EdgeproofError where the kernel makes another one whatever is tried
   */
  async restore(): Promise<void> {
    for (const [device, former] of Object.entries(await this.known())) {
      if (await this.isRestored(device, former)) continue;
      await this.makeAnew(device, queueKind(former));
      if (await this.isRestored(device, former)) continue;
      throw rigError("wan-qdisc-not-restored", `${device} has other qdiscs than before`, {
        where: `interface ${device} of the WAN service's machine`,
        expected: JSON.stringify(former),
        fix: `Set net.core.default_qdisc to the kind that it had, then: tc qdisc replace dev ${device} root pfifo; tc qdisc del dev ${device} root. A reboot does it too.`,
      });
    }
    await rm(this.file, { force: true });
  }

  private async isRestored(device: string, former: readonly PlainQdisc[]): Promise<boolean> {
    const qdiscs = (await showAllQdiscs()).filter(({ dev }) => dev === device);
    const root = qdiscs.find((qdisc) => qdisc.root);
    // A device that is down gets its default when it comes up.
    if (!root || root.kind === "noop" || (root.handle !== "0:" && !isOurRoot(root))) return true;
    return JSON.stringify(plainQdiscs(qdiscs, device)) === JSON.stringify(former);
  }

  /** The kernel makes a default when a root is deleted; any will do. */
  private async makeAnew(device: string, kind: string | undefined): Promise<void> {
    const sysctls = new FormerSysctls(`${this.file}.default`);
    try {
      if (kind !== undefined) await sysctls.set([{ key: DEFAULT_QDISC, value: kind }]);
      await tc(["qdisc", "replace", "dev", device, "root", "pfifo"]);
      await tc(deleteRoot(device));
    } finally {
      await sysctls.restore();
    }
  }

  private async known(): Promise<Known> {
    try {
      return JSON.parse(await readFile(this.file, "utf8")) as Known;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
      throw error;
    }
  }
}
