import { Random } from "../../harness/statistics/random.ts";

/** FNV-1a over a seed and a name: faults of one run choose apart from each other, and alike in every run. */
export function faultSeed(runSeed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const char of `${runSeed}\0${name}`)
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}

/** `count` of the values, each as likely as the others, in their order. */
export function choose<T>(values: readonly T[], count: number, seed: number): T[] {
  const random = new Random(seed);
  const left = values.map((_, index) => index);
  // Fisher-Yates from the end: the last `count` places are the sample.
  for (let end = left.length - 1; end > 0; end--) {
    const other = Math.floor(random.next() * (end + 1));
    [left[end], left[other]] = [left[other]!, left[end]!];
  }
  const chosen = new Set(left.slice(left.length - count));
  return values.filter((_, index) => chosen.has(index));
}
