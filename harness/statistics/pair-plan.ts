import { Random } from "./random.ts";

/**
 * Which pairs of machines are probed. Pairs grow with the square of machines: 5 have 10, 100 have 4950, 1000 half a
 * million. Up to `ALL_PAIRS_UP_TO` machines every pair is; beyond, a sample that grows in proportion to machines, drawn
 * by a seed. Whoever probes a sample says so, with `text`.
 */
export interface PairPlan<T> {
  pairs: (readonly [T, T])[];
  /** Pairs that there are. */
  possible: number;
  /** What is probed of them, for people; empty where that is all. */
  text: string;
}

/** 120 pairs. */
export const ALL_PAIRS_UP_TO = 16;
const MOST_PAIRS_OF_ALL = (ALL_PAIRS_UP_TO * (ALL_PAIRS_UP_TO - 1)) / 2;
/** Pairs that every machine is in at least. Even, as the plan's graph needs it to be. */
export const LEAST_PAIRS = 8;

export interface PairOptions<T> {
  seed: number;
  /** Machines that are probed with every other, such as the lighthouse; a few. */
  hubs?: readonly T[];
}

const shuffled = <T>(items: readonly T[], random: Random): T[] => {
  const mixed = [...items];
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = Math.floor(random.next() * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
};

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;

const textOf = (count: number, possible: number, least: string): string =>
  count === possible
    ? ""
    : `${count} of ${possible} pairs are probed (${percent(count / possible)}): ${least}`;

/** Distances on a ring of `n`, 1 among them: the first keeps the graph whole, the others are drawn. */
const distances = (n: number, random: Random): number[] => {
  // Half of an even ring would be the same pair from both of its ends.
  const rest = Array.from({ length: Math.floor((n - 1) / 2) - 1 }, (_, index) => index + 2);
  return [1, ...shuffled(rest, random).slice(0, LEAST_PAIRS / 2 - 1)];
};

/**
 * Pairs of machines, in the machines' order. A sample is a random circulant graph: machines in random order on a ring,
 * each joined to those at `LEAST_PAIRS / 2` drawn distances on either side. So every machine is in exactly `LEAST_PAIRS`
 * pairs, no pair is there twice, and there is a way from every machine to every other.
 */
export function planPairs<T>(machines: readonly T[], { seed, hubs = [] }: PairOptions<T>): PairPlan<T> {
  const n = machines.length;
  const possible = (n * (n - 1)) / 2;
  if (n <= ALL_PAIRS_UP_TO) {
    const pairs = machines.flatMap((one, index) =>
      machines.slice(index + 1).map((other) => [one, other] as const),
    );
    return { pairs, possible, text: "" };
  }
  const random = new Random(seed);
  const ring = shuffled(
    Array.from({ length: n }, (_, index) => index),
    random,
  );
  const chosen = new Set<number>();
  const choose = (a: number, b: number): unknown =>
    a !== b && chosen.add(Math.min(a, b) * n + Math.max(a, b));
  for (const distance of distances(n, random))
    for (let at = 0; at < n; at++) choose(ring[at]!, ring[(at + distance) % n]!);
  for (const hub of hubs) {
    const at = machines.indexOf(hub);
    if (at >= 0) for (let other = 0; other < n; other++) choose(at, other);
  }
  const keys = Float64Array.from(chosen).sort();
  const pairs = Array.from(keys, (key) => [machines[Math.floor(key / n)]!, machines[key % n]!] as const);
  const least = `each machine in at least ${LEAST_PAIRS}${hubs.length > 0 ? `, and ${hubs.length} of them in all` : ""}`;
  return { pairs, possible, text: textOf(pairs.length, possible, least) };
}

/**
 * A sample of given pairs, in their order: all where they are few, else so that each machine keeps `LEAST_PAIRS` of those
 * it is in, or all where it is in fewer.
 */
export function thinPairs<T>(pairs: readonly (readonly [T, T])[], { seed }: { seed: number }): PairPlan<T> {
  const possible = pairs.length;
  if (possible <= MOST_PAIRS_OF_ALL) return { pairs: [...pairs], possible, text: "" };
  const degree = new Map<T, number>();
  const of = (machine: T): number => degree.get(machine) ?? 0;
  const kept = new Set<number>();
  const order = shuffled(
    Array.from({ length: possible }, (_, index) => index),
    new Random(seed),
  );
  for (const index of order) {
    const [one, other] = pairs[index]!;
    if (of(one) >= LEAST_PAIRS && of(other) >= LEAST_PAIRS) continue;
    kept.add(index);
    degree.set(one, of(one) + 1);
    degree.set(other, of(other) + 1);
  }
  const chosen = pairs.filter((_, index) => kept.has(index));
  return {
    pairs: chosen,
    possible,
    text: textOf(chosen.length, possible, `each machine in ${LEAST_PAIRS} of its own at least`),
  };
}
