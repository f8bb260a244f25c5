import { trendCounts, type Trend, type TrendRow } from "../harness/trend/model.ts";
import { sparkline } from "./sparkline.ts";
import { changeText, endText, lastText, pText, TREND_STYLE, valuesByRun } from "./trend-rows.ts";

/** Bars of a sparkline; of longer series the newest are shown. */
const BARS = 20;

/** Lines about runs and groups that a screen has room for. */
const NOTES = 6;

const HEAD = [
  ...["verdict", "group", "quantity", "function", "class", "profile", "phase"],
  ...["runs", "first", "last", "change [95 %]", "p", "last run is"],
];

const rowOf = (row: TrendRow, trend: Trend): string[] => [
  `${TREND_STYLE[row.verdict].sign} ${row.verdict}`,
  String(row.group),
  row.quantity,
  row.scope.function,
  row.scope.deviceClass,
  row.scope.profile,
  row.scope.phase,
  sparkline(valuesByRun(row, trend).slice(-BARS)),
  endText(row, 0),
  endText(row, -1),
  changeText(row),
  pText(row.p),
  lastText(row),
];

const groupLines = ({ groups }: Trend): string[] =>
  groups.flatMap(({ number, suite, traits, runs, apart }) => [
    `group ${number}: ${suite} on ${traits.topology}, ${traits.engine}, runs: ${runs.length}, ${runs[0]!.id} to ${runs.at(-1)!.id}`,
    ...(apart.length > 0 ? [`  kept apart: ${apart.join(", ")}`] : []),
  ]);

/** The first lines of many, and how many more there are. */
const cut = (lines: readonly string[], most: number, what: string): string[] =>
  lines.length <= most
    ? [...lines]
    : [...lines.slice(0, most - 1), `... ${lines.length - most + 1} more ${what}: --all`];

/** Figures of runs that count for nothing in one row, the same reason once. */
const leftOutLines = ({ rows, groups }: Trend): string[] => [
  ...new Set(
    rows.flatMap(({ group, leftOut, scope }) =>
      leftOut.map(({ run, reason }) => {
        const id = groups.find(({ number }) => number === group)?.runs[run - 1]?.id ?? String(run);
        return `left out: ${id}, ${scope.phase}: ${reason}`;
      }),
    ),
  ),
];

/**
 * The table for a terminal, worst first, after the groups and what was left out; the counts come last.
 *
 * @param options.lines Most lines; all of them where it is undefined.
 */
export function trendTable(
  trend: Trend,
  options: { lines?: number | undefined; colour?: boolean } = {},
): string {
  const { lines: most = Infinity } = options;
  const paint = (colour: number, text: string): string =>
    options.colour ? `\u001b[${colour}m${text}\u001b[0m` : text;
  const notes = most === Infinity ? Infinity : NOTES;
  const before = [
    ...cut(groupLines(trend), notes, "lines on groups"),
    ...cut(
      trend.excluded.map(({ run, reason }) => `! excluded: ${run}: ${reason}`),
      notes,
      "excluded",
    ).map((line) => paint(35, line)),
    ...cut(leftOutLines(trend), notes, "left out").map((line) => paint(33, line)),
    "",
  ];
  const rows = trend.rows.map((row) => rowOf(row, trend));
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const padded = (row: readonly string[]): string =>
    row
      .map((text, column) => text.padEnd(widths[column]!))
      .join("  ")
      .trimEnd();
  const room = Math.max(3, most - before.length - 4);
  const shown = trend.rows.flatMap((row, index): string[] => {
    const text = padded(rows[index]!);
    const painted = `${paint(TREND_STYLE[row.verdict].colour, text.slice(0, widths[0]))}${text.slice(widths[0])}`;
    // On one screen a reason costs a row, and every undecided row has one.
    return most === Infinity && row.reason
      ? [painted, `${" ".repeat(widths[0]! + 2)}${row.reason}`]
      : [painted];
  });
  const table = rows.length > 0 ? [padded(HEAD), ...cut(shown, room, "rows"), ""] : [];
  return `${[...before, ...table, trendCounts(trend)].join("\n")}\n`;
}
