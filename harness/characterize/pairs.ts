import { ALL_PAIRS_UP_TO, LEAST_PAIRS, planPairs } from "../statistics/pair-plan.ts";

/** Two machines that are measured against each other, both ways. */
export type Pair<T> = readonly [T, T];

export interface Rounds<T> {
  rounds: Pair<T>[][];
  /** What is measured of all pairs, for people; empty where that is all. */
  text: string;
}

/** Pairs in rounds in which no machine is in two pairs: every pair, or of many machines a sample (see `planPairs`). */
export function measuredRounds<T>(machines: readonly T[], seed = 1): Rounds<T> {
  if (machines.length <= ALL_PAIRS_UP_TO) return { rounds: disjointRounds(machines), text: "" };
  const { pairs, text } = planPairs(machines, { seed });
  const rounds: { pairs: Pair<T>[]; busy: Set<T> }[] = [];
  for (const pair of pairs) {
    let round = rounds.find(({ busy }) => !busy.has(pair[0]) && !busy.has(pair[1]));
    if (!round) rounds.push((round = { pairs: [], busy: new Set() }));
    round.pairs.push(pair);
    round.busy.add(pair[0]).add(pair[1]);
  }
  return { rounds: rounds.map((round) => round.pairs), text };
}

/** Pairs that `measuredRounds` has of so many machines, and in how many rounds at most. */
export function measuredCounts(machines: number): { pairs: number; rounds: number } {
  if (machines <= ALL_PAIRS_UP_TO)
    return {
      pairs: (machines * (machines - 1)) / 2,
      rounds: machines < 2 ? 0 : machines - 1 + (machines % 2),
    };
  // A pair is kept out of a round by the other pairs of its two machines only.
  return { pairs: (machines * LEAST_PAIRS) / 2, rounds: 2 * LEAST_PAIRS - 1 };
}

/**
 * All pairs in rounds in which no machine is in two pairs, by the circle method of round-robin tournaments (Kirkman
 * 1847): n - 1 rounds, n for an odd number.
 */
export function disjointRounds<T>(machines: readonly T[]): Pair<T>[][] {
  const circle: (T | undefined)[] = machines.length % 2 === 0 ? [...machines] : [...machines, undefined];
  const rounds: Pair<T>[][] = [];
  for (let round = 0; round < circle.length - 1; round++) {
    const pairs: Pair<T>[] = [];
    for (let at = 0; at < circle.length / 2; at++) {
      const one = circle[at];
      const other = circle[circle.length - 1 - at];
      if (one !== undefined && other !== undefined) pairs.push([one, other]);
    }
    rounds.push(pairs);
    // The first stays, the others move on.
    circle.splice(1, 0, circle.pop());
  }
  return machines.length < 2 ? [] : rounds;
}
