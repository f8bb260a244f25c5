import { EdgeproofError } from "../../harness/errors.ts";
import type { Lease, NodeHandle } from "../../harness/rig/node-handle.ts";

/** A machine that does not answer may be meant to: it is off, frozen or cut off by a fault. */
const isUnreachable = (error: unknown): boolean =>
  error instanceof EdgeproofError && error.code === "NODE_UNREACHABLE";

export interface LeaseRenewalOptions {
  machine: (name: string) => NodeHandle;
  ttlMs: number;
  onTrouble: (what: string) => void;
}

type NewLease = Omit<Lease, "expiresAt">;

interface Tended {
  leases: Map<string, NewLease>;
  renewedAt: number;
  busy: boolean;
}

/** Renews the leases of all nodes that have some, four times a TTL. */
export class LeaseRenewal {
  private readonly options: LeaseRenewalOptions;
  private readonly nodes = new Map<string, Tended>();
  private timer: NodeJS.Timeout | undefined;

  constructor(options: LeaseRenewalOptions) {
    this.options = options;
  }

  /** It is told where the node undid the change before its time. */
  add(node: string, lease: NewLease): void {
    const tended = this.nodes.get(node) ?? { leases: new Map(), renewedAt: Date.now(), busy: false };
    this.nodes.set(node, tended);
    tended.leases.set(lease.id, lease);
    this.timer ??= setInterval(() => this.renewAll(), this.options.ttlMs / 4).unref();
  }

  remove(node: string, id: string): void {
    const tended = this.nodes.get(node);
    tended?.leases.delete(id);
    if (tended?.leases.size === 0) this.nodes.delete(node);
    if (this.nodes.size === 0) this.stop();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private renewAll(): void {
    for (const [name, tended] of this.nodes) {
      // One that hangs on a frozen machine is not piled upon.
      if (tended.busy) continue;
      tended.busy = true;
      void this.renew(name, tended).finally(() => (tended.busy = false));
    }
  }

  private async renew(name: string, tended: Tended): Promise<void> {
    const { machine, ttlMs, onTrouble } = this.options;
    try {
      const node = machine(name);
      const asked = [...tended.leases];
      await node.renewLeases(ttlMs);
      const found = new Set((await node.leases()).map(({ id }) => id));
      // It was not to be reached for longer than the leases run: it had to undo them.
      const explained = Date.now() - tended.renewedAt > ttlMs;
      tended.renewedAt = Date.now();
      for (const [id, lease] of asked) {
        if (found.has(id) || !tended.leases.has(id)) continue;
        if (explained) {
          // What the change is may be made again, as links are, and must not stay then without the tester.
          await node.lease(lease, ttlMs);
          // It was put back meanwhile.
          if (!tended.leases.has(id)) await node.forgetLease(id);
          continue;
        }
        tended.leases.delete(id);
        onTrouble(`${name} undid a change before it was asked to: ${lease.fault}: ${lease.what}`);
      }
    } catch (error) {
      if (!isUnreachable(error)) onTrouble(`leases on ${name} were not renewed: ${String(error)}`);
    }
  }
}
