import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { formatShare } from "../harness/judge/format.ts";
import {
  trendCounts,
  trendExitCode,
  trendJson,
  type Trend,
  type TrendGroup,
} from "../harness/trend/model.ts";
import { dataLink, dataOf } from "./html/data-link.ts";
import { html, type Markup } from "./html/markup.ts";
import { page, section } from "./html/page.ts";
import { cell, number, table } from "./html/tables.ts";
import { trendChart } from "./trend-chart.ts";
import { changeText, endText, lastText, pText, TREND_STYLE } from "./trend-rows.ts";

const rowsTable = ({ rows }: Trend): Markup =>
  table(
    [
      ...["verdict", "quantity", "function", "class", "profile", "phase", "group"],
      ...["runs", "first", "last", "change [95 %]", "p", "last run is"],
    ],
    rows.map((row) => {
      const { sign, className } = TREND_STYLE[row.verdict];
      const { scope } = row;
      return {
        reason: row.reason,
        cells: [
          { content: `${sign} ${row.verdict}`, className: `verdict ${className}` },
          ...[row.quantity, scope.function, scope.deviceClass, scope.profile, scope.phase].map(cell),
          number(row.group),
          number(row.points.length),
          number(endText(row, 0)),
          number(endText(row, -1)),
          number(changeText(row)),
          number(pText(row.p)),
          cell(lastText(row)),
        ],
      };
    }),
  );

const COLUMNS = [
  ...["group", "run", "id", "quantity", "function", "deviceClass", "profile", "phase"],
  ...["unit", "value", "low", "high", "n"],
] as const;

const saved = (trend: Trend): Markup => {
  const rows = trend.rows.flatMap(({ group, quantity, scope, unit, points }) => {
    const ids = trend.groups.find((one) => one.number === group)!.runs;
    return points.map(({ run, value, interval, n }) => [
      ...[group, run, ids[run - 1]!.id, quantity],
      ...[scope.function, scope.deviceClass, scope.profile, scope.phase, unit],
      // JSON has no infinity: as text it is what programs read CSV's as.
      ...[value, interval?.low ?? "", interval?.high ?? ""].map((one) =>
        typeof one === "number" && !Number.isFinite(one) ? String(one).replace("Infinity", "inf") : one,
      ),
      n,
    ]);
  });
  return dataOf(
    dataLink("trend.csv", "text/csv", { columns: COLUMNS, rows }),
    dataLink("trend.json", "application/json", trendJson(trend)),
  );
};

const list = (items: readonly string[]): Markup =>
  html`<ul>
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`;

const groupFacts = ({ number: which, suite, traits, runs, apart }: TrendGroup): Markup =>
  html`<h3>Group ${which}: ${suite}</h3>
    ${apart.length > 0 && html`<p class="soft">Kept apart: ${apart.join(", ")}</p>`}
    <dl>
      ${Object.entries(traits).map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
      ${runs.map(
        ({ id, startedAt }, index) =>
          html`<dt>run ${index + 1}</dt>
            <dd>${id}, ${new Date(startedAt).toISOString()}</dd>`,
      )}
    </dl>`;

const leftOut = (trend: Trend): string[] => [
  ...trend.excluded.map(({ run, reason }) => `${run}: ${reason}`),
  ...new Set(
    trend.rows.flatMap(({ group, scope, leftOut: runs }) =>
      runs.map(({ run, reason }) => `group ${group}, run ${run}, ${scope.phase}: ${reason}`),
    ),
  ),
];

const VERDICT = ["met", "missed", "inconclusive"] as const;

/** What became of every figure over many runs as one HTML file that works offline. */
export function trendReport(trend: Trend): string {
  const counts = trendCounts(trend);
  const omitted = leftOut(trend);
  return page(
    `trend: ${counts}`,
    html`<h1 class="${VERDICT[trendExitCode(trend) as 0 | 1 | 2]}">${counts}</h1>
      <p class="soft">
        edgeproof trend, runs: ${trend.groups.reduce((sum, { runs }) => sum + runs.length, 0)}, groups:
        ${trend.groups.length}
      </p>
      ${section(
        "Series",
        `Worst first. Change of the Theil-Sen line from the first run to the last, with its 95 % interval; ${formatShare(trend.effect)} matter (1 pp of a share). p of the Mann-Kendall test, corrected for all rows; below ${trend.alpha} decides.`,
        rowsTable(trend),
      )}
      ${section(
        "Over the runs",
        "Value against the number of the run within its group, with the run's own 95 % interval. A cross at the top is what never happened; the axis does not begin at 0.",
        html`<div class="multiples">${trend.rows.map((row) => trendChart(row, trend))}</div>`,
      )}
      ${omitted.length > 0 && section("Left out", "Runs and figures that count for nothing here.", list(omitted))}
      ${section("Groups", "Only runs that have all of this in common are held against each other.", trend.groups.map(groupFacts))}
      ${section("Data", "What this page was made from.", saved(trend))}`,
  );
}

/** Writes `trend.html` into the folder and returns its path. */
export function writeTrendReport(trend: Trend, folder: string): string {
  const file = join(folder, "trend.html");
  writeFileSync(file, trendReport(trend));
  return file;
}
