import { performance } from "node:perf_hooks";
import { Direction } from "../impairment/direction.ts";
import { PacketHeap } from "../impairment/packet-heap.ts";
import { Random } from "../../../harness/statistics/random.ts";
import { directionSeed } from "../impairment/direction-seed.ts";
import { addressesOf, type WanMember } from "../wan-engine.ts";
import { ipv4ToInt } from "../ipv4.ts";
import { allocate, EAGAIN, EINTR, errno, sys, type NativeMemory } from "./libc.ts";
import { Count, type SharedState, Total } from "./shared-state.ts";

/** Packets in flight at most: at 1 Gbit/s of full-size packets 0.39 s of delay. */
const SLOTS = 32_768;
/** Packets read before the packets that are due get their turn again. */
const BATCH = 32;
const RELEASES_PER_CLOCK_READ = 8;
const IDLE_MS = 1000;
const POLLIN = 1;
const IPV4_HEADER_BYTES = 20;

export interface RouterOptions {
  members: readonly WanMember[];
  seed: number;
  tunFd: number;
  /** Event descriptor on which the control thread knocks. */
  wakeFd: number;
  mtu: number;
  state: SharedState;
  /** Called when a new version of the parameters is in force. */
  onApplied: (version: number) => void;
}

/**
 * Reads packets from the TUN device, lets the direction they travel decide, and writes them back when they are due.
 * `run` returns only when stopped; it throws when the device is gone.
 */
export class PacketRouter {
  private readonly options: RouterOptions;
  private readonly state: SharedState;
  private readonly params: Float64Array;
  private readonly directions: Direction[];
  private readonly indexOf = new Map<number, number>();
  private readonly heap = new PacketHeap(SLOTS);
  private readonly slotBytes: number;
  private readonly slab: NativeMemory;
  private readonly lengths = new Int32Array(SLOTS);
  private readonly freeSlots = new Int32Array(SLOTS);
  private freeCount = SLOTS;
  private version = 0;

  constructor(options: RouterOptions) {
    const { members, seed, state } = options;
    this.options = options;
    this.state = state;
    this.params = Float64Array.from(state.params);
    members.forEach((member, index) => {
      for (const address of addressesOf(member)) this.indexOf.set(ipv4ToInt(address), index);
    });
    this.directions = members.flatMap((from, i) =>
      members.map((to, j) => {
        const offset = state.paramsOffset(state.direction(i, j));
        return new Direction(this.params, offset, new Random(directionSeed(seed, from.name, to.name)));
      }),
    );
    this.slotBytes = Math.ceil(Math.max(options.mtu, 1500) / 64) * 64;
    // One slot more than there are packets: where a packet is read before it is known whether it can be kept.
    this.slab = allocate((SLOTS + 1) * this.slotBytes);
    for (let i = 0; i < SLOTS; i++) this.freeSlots[i] = SLOTS - 1 - i;
  }

  run(): void {
    const poll = new Poll([this.options.tunFd, this.options.wakeFd]);
    while (!this.state.stopped) {
      this.state.beat();
      this.takeOverParameters();
      this.release(performance.now());
      const wait = Math.min(this.heap.nextTime - performance.now(), IDLE_MS);
      poll.wait(wait);
      if (poll.ready(1)) sys.read(this.options.wakeFd, this.slab.address + SLOTS * this.slotBytes, 8);
      if (poll.ready(0)) this.readBatch();
    }
  }

  private takeOverParameters(): void {
    const { version } = this.state;
    if (version === this.version) return;
    this.params.set(this.state.params);
    this.version = version;
    this.options.onApplied(version);
  }

  private release(now: number): void {
    const { heap, slab, slotBytes, lengths } = this;
    for (let count = 1; heap.nextTime <= now; count++) {
      const slot = heap.pop();
      if (sys.write(this.options.tunFd, slab.address + slot * slotBytes, lengths[slot]!) < 0) {
        this.state.totals[Total.writeErrors]!++;
      }
      this.freeSlots[this.freeCount++] = slot;
      if (count % RELEASES_PER_CLOCK_READ === 0) now = performance.now();
    }
  }

  private readBatch(): void {
    const { tunFd } = this.options;
    for (let i = 0; i < BATCH; i++) {
      const slot = this.freeCount > 0 ? this.freeSlots[this.freeCount - 1]! : SLOTS;
      const length = sys.read(tunFd, this.slab.address + slot * this.slotBytes, this.slotBytes);
      if (length <= 0) {
        const code = errno();
        if (code === EAGAIN || code === EINTR) return;
        throw new Error(`the TUN device cannot be read (errno ${code})`);
      }
      const now = performance.now();
      this.accept(slot, length, now);
      if (this.heap.nextTime <= now) this.release(now);
    }
  }

  private accept(slot: number, length: number, now: number): void {
    // The device's own IPv6 chatter is nobody's packet.
    if (this.slab.bytes[slot * this.slotBytes]! >> 4 !== 4) return;
    const direction = this.directionOf(slot * this.slotBytes, length);
    if (direction < 0) {
      this.state.totals[Total.unknown]!++;
      return;
    }
    const { counts } = this.state;
    const count = this.state.countsOffset(direction);
    const link = this.directions[direction]!;
    counts[count + Count.packets]!++;
    const copies = slot === SLOTS ? -1 : link.plan(now, length);
    if (copies < 0) counts[count + Count.queueDrops]!++;
    if (copies === 0) counts[count + Count.lost]!++;
    if (copies < 1) return;
    this.freeCount--;
    if (copies === 2 && this.freeCount > 0) {
      const copy = this.freeSlots[--this.freeCount]!;
      const start = slot * this.slotBytes;
      this.slab.bytes.copyWithin(copy * this.slotBytes, start, start + length);
      this.enqueue(link, copy, length, link.releases[1]!);
    }
    this.enqueue(link, slot, length, link.releases[0]!);
  }

  private enqueue(link: Direction, slot: number, length: number, release: number): void {
    const bit = link.corruptedBit((length - IPV4_HEADER_BYTES) * 8);
    if (bit >= 0) this.slab.bytes[slot * this.slotBytes + IPV4_HEADER_BYTES + (bit >> 3)]! ^= 1 << (bit & 7);
    this.lengths[slot] = length;
    this.heap.push(release, slot);
  }

  /** Index of the direction of the IPv4 packet at `at`; -1 if an end of it is no member. */
  private directionOf(at: number, length: number): number {
    const { view } = this.slab;
    if (length < IPV4_HEADER_BYTES) return -1;
    const from = this.indexOf.get(view.getInt32(at + 12));
    const to = this.indexOf.get(view.getInt32(at + 16));
    return from === undefined || to === undefined || from === to ? -1 : this.state.direction(from, to);
  }
}

/** `ppoll` on a fixed set of descriptors for input, with a timeout in fractions of a millisecond. */
class Poll {
  private readonly memory = allocate(4096);
  private readonly count: number;
  private readonly timeoutOffset = 2048;

  constructor(fds: readonly number[]) {
    this.count = fds.length;
    fds.forEach((fd, index) => {
      this.memory.view.setInt32(index * 8, fd, true);
      this.memory.view.setInt16(index * 8 + 4, POLLIN, true);
    });
  }

  wait(ms: number): void {
    const nanoseconds = Math.max(0, Math.round(ms * 1e6));
    const seconds = Math.floor(nanoseconds / 1e9);
    const { view, address } = this.memory;
    // struct timespec of 64-bit machines; both values fit in the low halves.
    view.setUint32(this.timeoutOffset, seconds, true);
    view.setUint32(this.timeoutOffset + 8, nanoseconds - seconds * 1e9, true);
    if (sys.ppoll(address, this.count, address + this.timeoutOffset, 0) > 0) return;
    for (let i = 0; i < this.count; i++) view.setInt16(i * 8 + 6, 0, true);
  }

  ready(index: number): boolean {
    return this.memory.view.getInt16(index * 8 + 6, true) !== 0;
  }
}
