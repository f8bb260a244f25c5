import type { Evidence } from "./evidence.ts";

/** The open load on a function in a phase, as text that tells unlike loads apart: `20/s spread`. Empty for none. */
export function loadOn(evidence: Evidence, phase: string, fn: string): string {
  const own = evidence.accountsOf(phase).filter((account) => account.fn === fn);
  if (own.length === 0) return "";
  const rate = own.reduce((sum, { ratePerSecond }) => sum + ratePerSecond, 0);
  // Runs from before there was a choice were even.
  const arrivals = new Set(own.map((account) => account.arrivals ?? "even"));
  return [`${Number(rate.toFixed(3))}/s`, ...arrivals].join(" ");
}
