/**
 * A sequential test of which side of one half a share lies on, looked at after every trial. `limit[j]` is the least
 * number of trials at which `j` that went the other way still decide; undefined where no number up to the cap does.
 */
export interface HalfTest {
  limit: readonly (number | undefined)[];
  /** Chance of calling a share of at most one half one above it, at its worst; the same the other way. */
  level: number;
  cap: number;
}

/** Of the error, what trials without an exception may use: the rest is kept for those with one. */
const CLEAN_PART = 0.8;

/**
 * Boundaries for at most `cap` trials whose chance of ever being crossed wrongly is at most `level`, over all looks
 * together: the error is spent as early as it suffices for (Lan & DeMets, "Discrete sequential boundaries for clinical
 * trials", Biometrika 70, 1983), and what a boundary takes is counted path by path (Armitage, McPherson & Rowe,
 * "Repeated significance tests on accumulating data", JRSS A 132, 1969). The share for which that is the worst is one
 * half itself. Nothing is approximated: at 0.005 and 13 trials, 8 of 8 decide and 12 of 13.
 */
export function halfTest(level: number, cap: number): HalfTest {
  const limit: (number | undefined)[] = Array.from({ length: cap + 1 }, () => undefined);
  let spent = 0;
  // Chance, at one half, of j exceptions after n trials without having been decided.
  let reached = [1];
  for (let n = 1; n <= cap; n++) {
    reached = Array.from({ length: n + 1 }, (_, j) => ((reached[j] ?? 0) + (reached[j - 1] ?? 0)) / 2);
    for (let j = 0; 2 * j < n; j++) {
      const chance = reached[j]!;
      if (chance === 0) continue;
      if (spent + chance > (j === 0 ? level * CLEAN_PART : level)) break;
      spent += chance;
      limit[j] = n;
      reached[j] = 0;
    }
  }
  return { limit, level: spent, cap };
}

export type HalfSide = "above" | "below" | "open";

/** Where outcomes in the order that they came in first crossed a boundary; `open` as long as none has. */
export function sideOfHalf({ limit }: HalfTest, outcomes: readonly boolean[]): HalfSide {
  let hits = 0;
  for (const [index, hit] of outcomes.entries()) {
    if (hit) hits++;
    const n = index + 1;
    const decides = (exceptions: number): boolean =>
      n >= (limit[exceptions] ?? Infinity) && 2 * exceptions < n;
    if (decides(n - hits)) return "above";
    if (decides(hits)) return "below";
  }
  return "open";
}
