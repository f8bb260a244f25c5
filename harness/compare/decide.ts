import { holm } from "../statistics/holm.ts";
import type { Change, Comparison, Finding } from "./comparison.ts";

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

function verdictOf(finding: Finding, alpha: number): { verdict: Change; reasons: string[] } {
  const { interval, effect, p, doubts } = finding;
  if (doubts.length > 0 || interval === undefined || p === undefined)
    return { verdict: "inconclusive", reasons: doubts };
  const { low, high } = interval;
  if (low >= -effect && high <= effect) return { verdict: "same", reasons: [] };
  if (low <= effect && high >= -effect) {
    return { verdict: "inconclusive", reasons: [`the interval reaches across ${percent(effect)}`] };
  }
  if (p >= alpha) {
    const shown = p.toPrecision(2);
    return { verdict: "inconclusive", reasons: [`p = ${shown} after correction, ${alpha} would decide`] };
  }
  return { verdict: low > effect ? "worse" : "better", reasons: [] };
}

/**
 * Verdicts of all comparisons of a report. `same` needs the whole interval within the smallest effect that matters;
 * `worse` and `better` need the whole of it beyond, and a p value below `alpha` after Holm's correction over all that can
 * decide: too few samples, or a busy host, take one out of the family, and its p value with it; so does a p value of 1, of
 * what has no scatter and no change, since it can never decide (Tarone 1990).
 */
export const decide = (findings: readonly Finding[], alpha: number): Comparison[] => {
  const tested = findings.filter(({ p, doubts }) => p !== undefined && p < 1 && doubts.length === 0);
  const corrected = holm(tested.map(({ p }) => p!));
  const pOf = new Map(tested.map((finding, index) => [finding, corrected[index]!]));
  return findings.map((finding) => {
    const { doubts: _doubts, notes, ...rest } = finding;
    const p = pOf.get(finding) ?? (finding.p === 1 && finding.doubts.length === 0 ? 1 : undefined);
    const { verdict, reasons } = verdictOf({ ...finding, p }, alpha);
    return { ...rest, p, verdict, reason: [...reasons, ...notes].join("; ") };
  });
};
