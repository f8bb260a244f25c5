/** Two machines that are measured against each other, both ways. */
export type Pair<T> = readonly [T, T];

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
