import type { Change, Guard } from "../../chaos/journal/change.ts";

/** Tells when the changes of a fault were put back: a fault's `heal` may wait much longer, for the rig to recover. */
export class NotedGuard implements Guard {
  private readonly inner: Guard;
  private readonly reverted = new Map<string, number>();
  private readonly begun = new Map<string, number>();
  private readonly listeners = new Set<(fault: string, at: number) => void>();

  constructor(inner: Guard) {
    this.inner = inner;
  }

  async apply(fault: string, change: Change): Promise<void> {
    await this.inner.apply(fault, change);
    if (!this.begun.has(fault)) this.begun.set(fault, Date.now());
  }

  async revert(fault: string): Promise<void> {
    await this.inner.revert(fault);
    const at = Date.now();
    this.reverted.set(fault, at);
    for (const tell of this.listeners) tell(fault, at);
  }

  /** When a fault's changes were put back; undefined if they were not, or not by this guard. */
  revertedAt(fault: string): number | undefined {
    return this.reverted.get(fault);
  }

  /** When the first of a fault's changes was made; undefined if none was. */
  begunAt(fault: string): number | undefined {
    return this.begun.get(fault);
  }

  /** Returns what ends it. */
  onRevert(tell: (fault: string, at: number) => void): () => void {
    this.listeners.add(tell);
    return () => void this.listeners.delete(tell);
  }
}
