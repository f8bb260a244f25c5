interface Paced {
  ratePerSecond: number;
  durationMs: number;
}

/**
 * An open load at a share of its rate, 0 < share <= 1. It lasts as much longer, so that it has as many requests to judge
 * by, unless something else says how long it lasts.
 */
export const atShare = <T extends Paced>(load: T, share: number, lasts: "longer" | "as-long"): T => ({
  ...load,
  ratePerSecond: load.ratePerSecond * share,
  durationMs: lasts === "longer" ? load.durationMs / share : load.durationMs,
});
