import type { Sample } from "../record/model.ts";

/**
 * Moves intended starts to the slots of the schedule that the requests really had. k6 numbers only the iterations it
 * starts, so after `n` drops the script takes each slot for the one `n` periods earlier, and its durations are that
 * much too long. A drop is told when it happens and a request when it ends, so all drops before a request's start are known
 * by then. No start is moved past when it began.
 */
export class SlotMover {
  private readonly periodMs: number;
  /** ms since the epoch, ascending. */
  private readonly drops: number[] = [];

  constructor(ratePerSecond: number) {
    this.periodMs = 1000 / ratePerSecond;
  }

  dropped(at: number): void {
    this.drops.splice(this.countBefore(at), 0, at);
  }

  move(sample: Sample): Sample {
    const { startedAt, intendedAt, durationMs } = sample;
    const late = Math.max(0, startedAt - intendedAt);
    const shift = Math.min(this.countBefore(startedAt) * this.periodMs, late);
    return shift === 0
      ? sample
      : { ...sample, intendedAt: intendedAt + shift, durationMs: durationMs - shift };
  }

  private countBefore(at: number): number {
    let from = 0;
    let to = this.drops.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.drops[middle]! < at) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
