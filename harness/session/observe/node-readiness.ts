/** When one node was called Ready or not, as the news reached the tester. Moments are ms since the epoch. */
export class NodeReadiness {
  /** The first is how it was when the watch began. */
  private readonly changes: { at: number; ready: boolean }[] = [];

  /** States come again and again: only a change counts. */
  saw(ready: boolean, at: number): void {
    if (this.changes.at(-1)?.ready !== ready) this.changes.push({ at, ready });
  }

  /** How often it was called NotReady since the watch began. */
  get notReadyEvents(): number {
    return this.losses.length;
  }

  /** ms from then to the first NotReady, 0 where a slow injection had it before; undefined if it never came. */
  notReadyAfter(since: number | undefined): number | undefined {
    const first = this.losses[0];
    return first && since !== undefined ? Math.max(0, first.at - since) : undefined;
  }

  /** ms from then until it was Ready for good: 0 where it was all the time, undefined where it is not at the end. */
  readyAfter(since: number | undefined): number | undefined {
    const last = this.changes.at(-1);
    return last?.ready && since !== undefined ? Math.max(0, last.at - since) : undefined;
  }

  private get losses(): { at: number }[] {
    return this.changes.slice(1).filter(({ ready }) => !ready);
  }
}
