import { changeCounts, type RunComparison } from "../harness/compare/comparison.ts";
import { CHANGE_STYLE, COMPARISON_HEAD, comparisonRow } from "./comparison-rows.ts";

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
  const rows = compared.comparisons.map(comparisonRow);
  if (rows.length > 0) {
    const widths = COMPARISON_HEAD.map((title, column) =>
      Math.max(title.length, ...rows.map((row) => row[column]!.length)),
    );
    const padded = (row: readonly string[]): string =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd();
    lines.push(padded(COMPARISON_HEAD));
    compared.comparisons.forEach(({ verdict, reason }, index) => {
      const text = padded(rows[index]!);
      const first = text.slice(0, widths[0]);
      lines.push(`${paint(CHANGE_STYLE[verdict].colour, first)}${text.slice(widths[0])}`);
      if (reason) lines.push(`${" ".repeat(widths[0]! + 2)}${reason}`);
    });
    lines.push("");
  }
  return `${[...lines, changeCounts(compared.comparisons)].join("\n")}\n`;
};
