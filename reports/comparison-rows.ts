import type { Change, Comparison } from "../harness/compare/comparison.ts";
import { formatValue } from "../harness/judge/format.ts";
import type { Verdict } from "../harness/record/model.ts";
import { signedChange } from "./signed-change.ts";

/** Sign, ANSI colour and the verdict whose colour a page takes; the word is always there too. */
export const CHANGE_STYLE: Record<Change, { sign: string; colour: number; className: Verdict }> = {
  worse: { sign: "✗", colour: 31, className: "missed" },
  inconclusive: { sign: "?", colour: 33, className: "inconclusive" },
  better: { sign: "✓", colour: 32, className: "met" },
  same: { sign: "=", colour: 32, className: "met" },
};

/** `+10.2 % [+8.1 %, +12 %]`. */
const changeText = ({ change, interval, unit }: Comparison): string => {
  const value = change === undefined ? "unknown" : signedChange(change, unit);
  return interval === undefined
    ? value
    : `${value} [${signedChange(interval.low, unit)}, ${signedChange(interval.high, unit)}]`;
};

const valueText = (value: number | undefined, unit: Comparison["unit"]): string =>
  value === undefined ? "nothing" : formatValue(value, unit);

const pText = (p: number | undefined): string => {
  if (p === undefined) return "";
  return p < 0.0001 ? "<0.0001" : p.toFixed(4);
};

export const COMPARISON_HEAD = [
  ...["verdict", "quantity", "function", "class", "profile", "phase"],
  ...["base", "head", "change", "p", "n"],
];

/** Cells of one comparison, the same in the terminal and in the page. */
export const comparisonRow = (one: Comparison): string[] => [
  `${CHANGE_STYLE[one.verdict].sign} ${one.verdict}`,
  ...[one.quantity, one.scope.function, one.scope.deviceClass, one.scope.profile, one.scope.phase],
  ...[valueText(one.base, one.unit), valueText(one.head, one.unit), changeText(one), pText(one.p)],
  `${one.samples.base}, ${one.samples.head}`,
];
