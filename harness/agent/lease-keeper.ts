import type { Lease } from "../rig/node-handle.ts";
import type { LeaseStore, NewLease } from "./lease-store.ts";

const TICK_MS = 200;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

interface Kept {
  file: string;
  lease: NewLease;
  /** `performance.now()` at which its undo step is run: a fault that sets the wall clock must not end all others. */
  dueAt: number;
  /** It ran out or was released: from then on it is only undone, never renewed. */
  ending: boolean;
  failures: number;
}

export interface LeaseKeeperOptions {
  store: LeaseStore;
  /** Runs an undo step; rejects where it failed or took too long. */
  undo: (lease: NewLease) => Promise<void>;
  say: (line: string) => void;
}

/** The one place where leases of a node are kept and undone: one step at a time, latest first, until it succeeds. */
export class LeaseKeeper {
  private readonly options: LeaseKeeperOptions;
  private readonly kept: Kept[];
  private readonly timer: NodeJS.Timeout;
  private queue: Promise<unknown> = Promise.resolve();
  private sweeping = false;

  constructor(options: LeaseKeeperOptions) {
    this.options = options;
    const { store, say } = options;
    const loaded = store.load((file, error) => say(`lease ${file} cannot be read: ${String(error)}`));
    this.kept = loaded.map(({ file, lease, remainingMs }) => ({
      ...{ file, lease, ending: false, failures: 0 },
      dueAt: performance.now() + remainingMs,
    }));
    this.timer = setInterval(() => this.sweep(), TICK_MS);
  }

  get size(): number {
    return this.kept.length;
  }

  lease(lease: NewLease, ttlMs: number): void {
    const known = this.find(lease.id);
    const file = this.options.store.write(known?.file, lease, ttlMs);
    const fresh = { file, lease, ending: false, failures: 0, dueAt: performance.now() + ttlMs };
    if (known) Object.assign(known, fresh);
    else this.kept.push(fresh);
  }

  renew(ttlMs: number): void {
    const dueAt = performance.now() + ttlMs;
    for (const kept of this.kept.filter(({ ending }) => !ending)) {
      // What is due is undone, also where the timer was late.
      if (kept.dueAt <= performance.now()) continue;
      this.options.store.setExpiry(kept.file, ttlMs);
      kept.dueAt = dueAt;
    }
  }

  async release(id: string): Promise<void> {
    const kept = this.find(id);
    if (!kept) return;
    kept.ending = true;
    kept.dueAt = performance.now();
    const error = await this.enqueue(() => this.end(kept, "released"));
    if (error) throw error;
  }

  forget(id: string): void {
    const kept = this.find(id);
    if (kept) this.drop(kept);
  }

  list(): Lease[] {
    return this.kept.map(({ lease, dueAt }) => ({
      ...lease,
      expiresAt: Math.round(Date.now() + dueAt - performance.now()),
    }));
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private find(id: string): Kept | undefined {
    return this.kept.find(({ lease }) => lease.id === id);
  }

  private drop(kept: Kept): void {
    this.options.store.remove(kept.file);
    const index = this.kept.indexOf(kept);
    if (index >= 0) this.kept.splice(index, 1);
  }

  private enqueue<T>(step: () => Promise<T>): Promise<T> {
    const done = this.queue.then(step);
    this.queue = done.catch(() => undefined);
    return done;
  }

  private sweep(): void {
    const due = this.kept.filter(({ dueAt }) => dueAt <= performance.now()).toReversed();
    if (due.length === 0 || this.sweeping) return;
    this.sweeping = true;
    void this.enqueue(async () => {
      for (const kept of due) {
        // It may have been renewed or leased anew while another was being undone.
        if (kept.dueAt > performance.now()) continue;
        kept.ending = true;
        await this.end(kept, "not renewed in time");
      }
      this.sweeping = false;
    });
  }

  /** The error where it failed; it is tried again later then. */
  private async end(kept: Kept, why: string): Promise<Error | undefined> {
    if (!this.kept.includes(kept)) return undefined;
    const { id, fault, what } = kept.lease;
    try {
      await this.options.undo(kept.lease);
      this.drop(kept);
      this.options.say(`undone (${why}): ${fault}: ${what} [${id}]`);
      return undefined;
    } catch (error) {
      const pause = Math.min(FIRST_RETRY_MS * 2 ** kept.failures++, LAST_RETRY_MS);
      kept.dueAt = performance.now() + pause;
      this.options.say(`NOT undone, again in ${pause / 1000} s: ${fault}: ${what} [${id}]: ${String(error)}`);
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}
