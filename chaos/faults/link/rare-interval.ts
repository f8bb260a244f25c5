const SHARES = { rare: 0.02, seldom: 0.1 };
const INTERVALS_MS = { rare: 2, seldom: 5, plain: 10 };

/** ms between probes of something that happens to a share of the packets: the seldomer, the more probes. */
export function rareIntervalMs(share: number): number {
  if (share === 0 || share > SHARES.seldom) return INTERVALS_MS.plain;
  return share > SHARES.rare ? INTERVALS_MS.seldom : INTERVALS_MS.rare;
}
