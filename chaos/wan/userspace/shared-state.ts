import { FIELDS_PER_DIRECTION } from "../impairment/parameters.ts";

const Control = { version: 0, stop: 1, beats: 2, slots: 4 } as const;

/** Counters of one direction, packets. */
export const Count = { packets: 0, lost: 1, queueDrops: 2 } as const;
const COUNTS_PER_DIRECTION = 3;

/** Counters of the whole router, packets. */
export const Total = { unknown: 0, writeErrors: 1 } as const;
const TOTALS = 2;

/**
 * What the control thread and the packet thread share. Parameters: the control thread writes, then raises the version,
 * and writes again only after the packet thread said that it has taken that version over. Counters: the packet thread
 * alone writes (doubles, whose 8-byte loads and stores are single accesses on 64-bit machines).
 */
export class SharedState {
  readonly buffer: SharedArrayBuffer;
  readonly members: number;
  readonly params: Float64Array;
  readonly counts: Float64Array;
  readonly totals: Float64Array;
  private readonly control: Int32Array;

  constructor(members: number, buffer?: SharedArrayBuffer) {
    const directions = members * members;
    const sizes = [directions * FIELDS_PER_DIRECTION, directions * COUNTS_PER_DIRECTION, TOTALS] as const;
    const words = Control.slots / 2 + sizes[0] + sizes[1] + sizes[2];
    this.members = members;
    this.buffer = buffer ?? new SharedArrayBuffer(words * 8);
    this.control = new Int32Array(this.buffer, 0, Control.slots);
    let offset = Control.slots * 4;
    const take = (length: number): Float64Array => {
      const array = new Float64Array(this.buffer, offset, length);
      offset += length * 8;
      return array;
    };
    this.params = take(sizes[0]);
    this.counts = take(sizes[1]);
    this.totals = take(sizes[2]);
  }

  direction(from: number, to: number): number {
    return from * this.members + to;
  }

  paramsOffset(direction: number): number {
    return direction * FIELDS_PER_DIRECTION;
  }

  countsOffset(direction: number): number {
    return direction * COUNTS_PER_DIRECTION;
  }

  get version(): number {
    return Atomics.load(this.control, Control.version);
  }

  /** Publishes the parameters written so far; returns their version. */
  publish(): number {
    return Atomics.add(this.control, Control.version, 1) + 1;
  }

  /** Counts a round of the packet thread. */
  beat(): void {
    Atomics.add(this.control, Control.beats, 1);
  }

  get beats(): number {
    return Atomics.load(this.control, Control.beats);
  }

  get stopped(): boolean {
    return Atomics.load(this.control, Control.stop) === 1;
  }

  stop(): void {
    Atomics.store(this.control, Control.stop, 1);
  }
}
