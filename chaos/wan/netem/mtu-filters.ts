import { rigError } from "../../../harness/errors.ts";

/** A u32 match on the IPv4 header's total length. */
export interface LengthMatch {
  value: number;
  mask: number;
}

const END = 0x10000;

/** The lengths above `mtu` as prefixes of 16 bits, at most 16 of them: u32 knows no "greater than". */
export function lengthsAbove(mtu: number): LengthMatch[] {
  const matches: LengthMatch[] = [];
  for (let low = mtu + 1; low < END;) {
    const size = low & -low;
    matches.push({ value: low, mask: END - size });
    low += size;
  }
  return matches;
}

/**
 * The MTU that filters by length make, undefined if there are none. `output` is `tc filter show` in plain text: its
 * JSON repeats keys. A set with gaps is refused: somebody else took some away.
 */
export function mtuOfFilters(output: string, classId: string, device: string): number | undefined {
  const lengths = output
    .split(/^filter /m)
    .filter((filter) => new RegExp(`flowid ${classId}(\\s|$)`).test(filter))
    .flatMap((filter) => {
      const [, value, mask] = /match ([0-9a-f]{8})\/([0-9a-f]{8}) at 0/.exec(filter) ?? [];
      // The total length is the lower half of the header's first word.
      return value && mask
        ? [{ value: Number.parseInt(value, 16), mask: Number.parseInt(mask, 16) & 0xffff }]
        : [];
    })
    .sort((a, b) => a.value - b.value);
  const first = lengths[0];
  if (!first) return undefined;
  const key = ({ value, mask }: LengthMatch): string => `${value}/${mask}`;
  const found = new Set(lengths.map(key));
  const wanted = lengthsAbove(first.value - 1).map(key);
  if (found.size === wanted.length && wanted.every((each) => found.has(each))) return first.value - 1;
  throw rigError("wan-mtu-filters-changed", `${device} has only some of the filters of an MTU`, {
    where: `interface ${device} of the WAN service's machine, class ${classId}`,
    fix: "Somebody else changed them. Start the WAN service again.",
  });
}
