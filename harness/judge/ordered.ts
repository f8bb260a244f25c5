/** Values in ascending order; a sorted `Float64Array` is one. */
export interface Ordered {
  readonly length: number;
  /** By its place from 0; undefined past the end. */
  at(index: number): number | undefined;
}

/** Doubles as integers of the same order: IEEE 754's bits of negative ones count backwards. */
const bits = new DataView(new ArrayBuffer(8));
const SIGN = 1n << 63n;
const ALL = (1n << 64n) - 1n;

const toKey = (value: number): bigint => {
  // -0 and 0 are one value.
  bits.setFloat64(0, value === 0 ? 0 : value);
  const raw = bits.getBigUint64(0);
  return (raw & SIGN) === 0n ? raw | SIGN : raw ^ ALL;
};

const fromKey = (key: bigint): number => {
  bits.setBigUint64(0, (key & SIGN) === 0n ? key ^ ALL : key ^ SIGN);
  return bits.getFloat64(0);
};

/** How many of ascending values are at most `value`. */
const countUpTo = (ascending: Float64Array, value: number): number => {
  let from = 0;
  let to = ascending.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ascending[middle]! <= value) from = middle + 1;
    else to = middle;
  }
  return from;
};

/**
 * Several ascending arrays and some infinite values as one ordered whole, without a copy: ten million durations need no
 * second place in memory. A value is found by bisecting the doubles themselves, at most 64 steps.
 */
export class OrderedUnion implements Ordered {
  readonly length: number;
  private readonly finite: number;
  private readonly parts: readonly Float64Array[];

  /** @param infinite how many values lie beyond all others */
  constructor(parts: readonly Float64Array[], infinite = 0) {
    this.parts = parts.filter(({ length }) => length > 0);
    this.finite = this.parts.reduce((sum, { length }) => sum + length, 0);
    this.length = this.finite + infinite;
  }

  at(index: number): number | undefined {
    if (index < 0 || index >= this.length) return undefined;
    if (index >= this.finite) return Infinity;
    const [only] = this.parts;
    if (this.parts.length === 1) return only![index];
    let low = toKey(Math.min(...this.parts.map((part) => part[0]!)));
    let high = toKey(Math.max(...this.parts.map((part) => part.at(-1)!)));
    while (low < high) {
      const middle = (low + high) >> 1n;
      const value = fromKey(middle);
      const count = this.parts.reduce((sum, part) => sum + countUpTo(part, value), 0);
      if (count > index) high = middle;
      else low = middle + 1n;
    }
    return fromKey(low);
  }
}
