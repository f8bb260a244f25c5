import { JITTER_SHAPES, paretoQuantile, uniformQuantile } from "./jitter-shape.ts";
import { Field } from "./parameters.ts";
import type { Random } from "../../../harness/statistics/random.ts";

const PARETO = JITTER_SHAPES.indexOf("pareto");
const UNIFORM = JITTER_SHAPES.indexOf("uniform");

/**
 * What one direction of a link does to a packet. The semantics are those of Linux `sch_netem`, so that both back ends
 * mean the same by the same parameters:
 * - delay spreads around `delay` with sd `jitter` (normal, pareto or uniform), cut at 0;
 * - jitter may reorder, as in netem, which sorts by release time. With a rate, netem keeps the order, and so does this;
 * - with constant delay the order is kept also when the delay is lowered under way (netem would let new packets
 *   overtake those in flight; a wire cannot);
 * - a packet longer than `mtu` vanishes before anything else is drawn for it;
 * - a reordered packet skips the delay;
 * - a packet chosen both for loss and for duplication goes through once;
 * - Gilbert-Elliott: the state before the packet's own transition decides about it.
 */
export class Direction {
  /** Release times of the copies of the packet planned last; the first `copies` are valid. */
  readonly releases = new Float64Array(2);

  private readonly params: Float64Array;
  private readonly offset: number;
  private readonly random: Random;
  private linkFreeAt = 0;
  private lastRelease = 0;
  private bad = false;

  constructor(params: Float64Array, offset: number, random: Random) {
    this.params = params;
    this.offset = offset;
    this.random = random;
  }

  /**
   * Decides about a packet of `bytes` that arrives at `now` (ms): the number of copies to send (0: lost,
   * -1: no room in the queue), with their times in `releases`.
   */
  plan(now: number, bytes: number): number {
    const mtu = this.get(Field.mtu);
    if (mtu > 0 && bytes > mtu) return 0;
    let copies = 1;
    if (this.draw(Field.duplicate)) copies++;
    if (this.isLost()) copies--;
    let sent = 0;
    for (let copy = 0; copy < copies; copy++) {
      const release = this.schedule(now, bytes);
      if (release >= 0) this.releases[sent++] = release;
    }
    return copies > 0 && sent === 0 ? -1 : sent;
  }

  /** Whether the next copy is to be corrupted: the bit to flip within `bits`, or -1. */
  corruptedBit(bits: number): number {
    return this.draw(Field.corrupt) ? Math.floor(this.random.next() * bits) : -1;
  }

  private get(field: number): number {
    return this.params[this.offset + field]!;
  }

  private draw(field: number): boolean {
    const probability = this.get(field);
    return probability > 0 && this.random.next() < probability;
  }

  private isLost(): boolean {
    const wasBad = this.bad;
    if (this.get(Field.burstEnter) > 0) {
      if (this.draw(wasBad ? Field.burstLeave : Field.burstEnter)) this.bad = !wasBad;
    } else this.bad = false;
    return (wasBad && this.get(Field.burstEnter) > 0) || this.draw(Field.loss);
  }

  /** Mean 0, sd 1. */
  private deviate(): number {
    const shape = this.get(Field.jitterShape);
    if (shape === PARETO) return paretoQuantile(this.random.next());
    return shape === UNIFORM ? uniformQuantile(this.random.next()) : this.random.normal();
  }

  private schedule(now: number, bytes: number): number {
    let release = now;
    const rate = this.get(Field.rate);
    if (rate > 0) {
      const start = Math.max(this.linkFreeAt, now);
      if ((start - now) * rate + bytes > this.get(Field.queueBytes)) return -1;
      release = this.linkFreeAt = start + bytes / rate;
    } else this.linkFreeAt = 0;
    if (this.draw(Field.reorder)) return release;
    const jitter = this.get(Field.jitter);
    const delay = this.get(Field.delay);
    release += jitter > 0 ? Math.max(0, delay + jitter * this.deviate()) : delay;
    const keepsOrder = jitter === 0 || rate > 0;
    if (keepsOrder && release < this.lastRelease) release = this.lastRelease;
    if (release > this.lastRelease) this.lastRelease = release;
    return release;
  }
}
