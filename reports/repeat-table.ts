import { formatValue } from "../harness/judge/format.ts";
import type { RepeatResult, RepeatRow, RepeatVerdict } from "../harness/repeat/model.ts";
import { signedChange } from "./signed-change.ts";

/** Sign and ANSI colour of each verdict; the word is always there too, colour only repeats it. */
const STYLE: Record<RepeatVerdict, { sign: string; colour: number }> = {
  worse: { sign: "✗", colour: 31 },
  inconclusive: { sign: "?", colour: 33 },
  "not known": { sign: "?", colour: 33 },
  better: { sign: "✓", colour: 32 },
  same: { sign: "=", colour: 32 },
  known: { sign: "=", colour: 32 },
};

const HEAD = ["verdict", "quantity", "function", "class", "profile", "phase", "base", "head", "change", "n"];

const within = ({ interval }: RepeatRow, text: (value: number) => string): string =>
  interval === undefined ? "" : ` [${text(interval.low)}, ${text(interval.high)}]`;

function cells(row: RepeatRow): string[] {
  const { verdict, quantity, scope, unit, base, head, change, n } = row;
  const value = (one: number | undefined): string => (one === undefined ? "" : formatValue(one, unit));
  const alone = change === undefined;
  return [
    `${STYLE[verdict].sign} ${verdict}`,
    ...[quantity, scope.function, scope.deviceClass, scope.profile, scope.phase],
    `${value(base)}${alone ? within(row, (one) => formatValue(one, unit)) : ""}`,
    value(head),
    alone ? "" : `${signedChange(change, unit)}${within(row, (one) => signedChange(one, unit))}`,
    String(n),
  ];
}

const COUNTED = ["worse", "better", "same", "inconclusive", "known", "not known"] as const;

/** Counts of each verdict that there is, and how it ended. */
export function repeatLine({ rows, ended, repetitions }: RepeatResult): string {
  const counts = COUNTED.map(
    (verdict) => [rows.filter((row) => row.verdict === verdict).length, verdict] as const,
  )
    .filter(([count]) => count > 0)
    .map(([count, verdict]) => `${count} ${verdict}`);
  const many = `${repetitions.length} repetition${repetitions.length === 1 ? "" : "s"}`;
  return `${counts.join(", ") || "nothing was measured"} after ${many}${ended ? `: ${ended}` : ""}`;
}

/** The table for a terminal, worst first; the counts come last. Columns that are empty everywhere are left out. */
export function repeatTable(result: RepeatResult, options: { colour?: boolean } = {}): string {
  const rows = result.rows.map(cells);
  const shown = HEAD.map((_, column) => column).filter((column) => rows.some((row) => row[column] !== ""));
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]): string =>
    shown
      .map((column) => row[column]!.padEnd(widths[column]!))
      .join("  ")
      .trimEnd();
  const body = result.rows.flatMap(({ verdict, reason }, index) => {
    const text = line(rows[index]!);
    const first = text.slice(0, widths[0]);
    const painted = options.colour ? `\u001b[${STYLE[verdict].colour}m${first}\u001b[0m` : first;
    return [
      `${painted}${text.slice(widths[0])}`,
      ...(reason ? [`${" ".repeat(widths[0]! + 2)}${reason}`] : []),
    ];
  });
  return `${[...(rows.length > 0 ? [line(HEAD), ...body, ""] : []), repeatLine(result)].join("\n")}\n`;
}
