import { Random } from "../../statistics/random.ts";

/** `count` numbers in [0, 1), the same for the same seed. */
export function seededFractions(seed: number, count: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.next());
}
