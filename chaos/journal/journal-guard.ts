import type { Change, Guard, Undo } from "./change.ts";
import type { Journal, JournalEntry } from "./journal.ts";
import { LeaseRenewal } from "./lease-renewal.ts";
import { type Machinery, runUndoStep } from "./undo-step.ts";

const TTL_MS = 60_000;

export interface JournalGuardOptions {
  journal: Journal;
  machinery: Machinery;
  /** Something went wrong while faults were in force: receipts are worth nothing then. */
  onTrouble: (what: string) => void;
  /** Milliseconds after which a node undoes by itself what the tester has not renewed. @default 60_000 */
  ttlMs?: number;
}

interface InForce {
  fault: string;
  change: Change;
  entry: JournalEntry | undefined;
}

/** Makes changes: first the undo step in the journal, then the node's lease, then the change. */
export class JournalGuard implements Guard, AsyncDisposable {
  private readonly options: JournalGuardOptions;
  private readonly ttlMs: number;
  private readonly renewal: LeaseRenewal;
  private inForce: InForce[] = [];

  constructor(options: JournalGuardOptions) {
    this.options = options;
    this.ttlMs = options.ttlMs ?? TTL_MS;
    const { machinery, onTrouble } = options;
    this.renewal = new LeaseRenewal({
      ...{ machine: (name) => machinery.machine(name), ttlMs: this.ttlMs, onTrouble },
    });
  }

  async apply(fault: string, change: Change): Promise<void> {
    const { undo, what } = change;
    const entry = undo && (await this.prepare(fault, what, undo));
    // Also when it fails half-way: `revert` undoes what was done of it.
    if (entry || change.revert) this.inForce.push({ fault, change, entry });
    await change.apply();
  }

  async revert(fault: string): Promise<void> {
    await this.revertAll((one) => one.fault === fault);
  }

  /** Puts back whatever is still in force, ends the renewals and closes the journal; the first error is thrown. */
  async close(): Promise<void> {
    try {
      await this.revertAll(() => true);
    } finally {
      this.renewal.stop();
      this.options.journal.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private async prepare(fault: string, what: string, undo: Undo): Promise<JournalEntry> {
    const { journal, machinery } = this.options;
    const entry = journal.add(fault, what, undo);
    if (undo.kind !== "node") return entry;
    const lease = { id: entry.id, fault, what, undo: undo.undo };
    try {
      await machinery.machine(undo.node).lease(lease, this.ttlMs);
    } catch (error) {
      // Nothing was changed yet. Should the node have the lease all the same, it undoes nothing in time.
      journal.done(entry.id);
      throw error;
    }
    this.renewal.add(undo.node, lease);
    return entry;
  }

  private async revertAll(wanted: (one: InForce) => boolean): Promise<void> {
    let failure: { error: unknown } | undefined;
    for (const one of this.inForce.filter(wanted).toReversed())
      try {
        await this.revertOne(one);
        this.inForce = this.inForce.filter((other) => other !== one);
      } catch (error) {
        failure ??= { error };
      }
    if (failure) throw failure.error;
  }

  private async revertOne({ change, entry }: InForce): Promise<void> {
    const { journal, machinery } = this.options;
    if (!entry) return change.revert?.();
    const node = entry.undo.kind === "node" ? entry.undo.node : undefined;
    // From now on the node may undo it alone, should this fail.
    if (node !== undefined) this.renewal.remove(node, entry.id);
    if (change.revert && (await succeeds(change.revert()))) {
      if (node !== undefined) await machinery.machine(node).forgetLease(entry.id);
    } else await runUndoStep(entry.id, entry.undo, machinery);
    journal.done(entry.id);
  }
}

/** Where it fails, the undo step from the journal is the second try. */
const succeeds = (work: Promise<void>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
