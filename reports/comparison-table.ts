import {
  changeCounts,
  type Change,
  type Comparison,
  type RunComparison,
} from "../harness/compare/comparison.ts";
import { formatValue } from "../harness/judge/format.ts";
import { signedChange } from "./signed-change.ts";

/** Sign and ANSI colour of each verdict; the word is always there too, colour only repeats it. */
const STYLE: Record<Change, { sign: string; colour: number }> = {
  worse: { sign: "✗", colour: 31 },
  inconclusive: { sign: "?", colour: 33 },
  better: { sign: "✓", colour: 32 },
  same: { sign: "=", colour: 32 },
};

const changeOf = ({ change, interval, unit }: Comparison): string => {
  const value = change === undefined ? "unknown" : signedChange(change, unit);
  return interval === undefined
    ? value
    : `${value} [${signedChange(interval.low, unit)}, ${signedChange(interval.high, unit)}]`;
};

const valueOf = (value: number | undefined, unit: Comparison["unit"]): string =>
  value === undefined ? "nothing" : formatValue(value, unit);

const pOf = (p: number | undefined): string => {
  if (p === undefined) return "";
  return p < 0.0001 ? "<0.0001" : p.toFixed(4);
};

const HEAD = [
  "verdict",
  "quantity",
  "function",
  "class",
  "profile",
  "phase",
  "base",
  "head",
  "change",
  "p",
  "n",
];

const rowOf = (one: Comparison): string[] => [
  `${STYLE[one.verdict].sign} ${one.verdict}`,
  one.quantity,
  one.scope.function,
  one.scope.deviceClass,
  one.scope.profile,
  one.scope.phase,
  valueOf(one.base, one.unit),
  valueOf(one.head, one.unit),
  changeOf(one),
  pOf(one.p),
  `${one.samples.base}, ${one.samples.head}`,
];

/** The table for a terminal, worst first, with what has to be known before it and the counts last. */
export const comparisonTable = (compared: RunComparison, options: { colour?: boolean } = {}): string => {
  const paint = (colour: number, text: string): string =>
    options.colour ? `\u001b[${colour}m${text}\u001b[0m` : text;
  const lines = [
    `base: ${compared.base}`,
    `head: ${compared.head}`,
    ...compared.differs.map((what) => paint(33, `differs: ${what}`)),
    ...compared.unmatched,
    ...compared.broken.map((what) => paint(35, `! broken: ${what}`)),
    "",
  ];
  const rows = compared.comparisons.map(rowOf);
  if (rows.length > 0) {
    const widths = HEAD.map((title, column) =>
      Math.max(title.length, ...rows.map((row) => row[column]!.length)),
    );
    const padded = (row: readonly string[]): string =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd();
    lines.push(padded(HEAD));
    compared.comparisons.forEach(({ verdict, reason }, index) => {
      const text = padded(rows[index]!);
      const first = text.slice(0, widths[0]);
      lines.push(`${paint(STYLE[verdict].colour, first)}${text.slice(widths[0])}`);
      if (reason) lines.push(`${" ".repeat(widths[0]! + 2)}${reason}`);
    });
    lines.push("");
  }
  return `${[...lines, changeCounts(compared.comparisons)].join("\n")}\n`;
};
