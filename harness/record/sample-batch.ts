import type { Sample } from "./model.ts";

const MOST = 1000;
const LONGEST_MS = 1000;

/** Samples on their way to the disk: written together, a second after the first of them at the latest. */
export class SampleBatch {
  private readonly write: (samples: readonly Sample[]) => void;
  private waiting: Sample[] = [];
  private firstAt = 0;

  constructor(write: (samples: readonly Sample[]) => void) {
    this.write = write;
  }

  add(sample: Sample, now: number = Date.now()): void {
    if (this.waiting.length === 0) this.firstAt = now;
    this.waiting.push(sample);
    if (this.waiting.length >= MOST || now - this.firstAt >= LONGEST_MS) this.flush();
  }

  flush(): void {
    if (this.waiting.length > 0) this.write(this.waiting);
    this.waiting = [];
  }
}
