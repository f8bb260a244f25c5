import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { axisText, varyText } from "../harness/sweep/axis.ts";
import type { RecordedSweep } from "../harness/sweep/model.ts";
import {
  shareText,
  sweepExitCode,
  sweepJson,
  sweepVerdict,
  type SweepResult,
} from "../harness/sweep/result.ts";
import { factsList } from "./html/facts.ts";
import { dataLink, dataOf } from "./html/data-link.ts";
import { html, type Markup } from "./html/markup.ts";
import { page, section } from "./html/page.ts";
import { cell, number, table } from "./html/tables.ts";
import { shareChart, valueChart } from "./sweep-chart.ts";

const SIDE = {
  success: "succeeds",
  failure: "fails",
  open: "open",
} as const;

const pointsTable = ({ axis, points }: SweepResult): Markup =>
  table(
    [axis.what, "trials", "successes", "share [95 % interval]", "side of one half"],
    points.map((point) => ({
      cells: [
        number(axisText(axis, point.x)),
        number(point.trials),
        number(point.successes),
        number(shareText(point)),
        cell(SIDE[point.side]),
      ],
    })),
  );

const facts = ({ header }: RecordedSweep, { trials, excluded }: SweepResult): Markup => {
  const { rig, axis } = header;
  const entries: [string, string][] = [
    ["suite", header.suite],
    ["varied", varyText(axis)],
    ["resolution", axisText(axis, header.resolution)],
    ["trials", `${trials}, and ${excluded} excluded ones; ${header.cap} a point and round`],
    ["started", new Date(header.startedAt).toISOString()],
    ["rig", `${rig.name}, topology ${rig.topology}, ${rig.engine}`],
    ["WAN engine", rig.wanBackend],
    ["seed", String(header.seed)],
    ...Object.entries(header.versions),
  ];
  return factsList(entries);
};

const COLUMNS = ["at", "x", "ok", "value", "excluded", "detail"] as const;

const saved = (sweep: RecordedSweep, result: SweepResult): Markup => {
  const rows = sweep.trials.map((trial) => COLUMNS.map((column) => trial[column] ?? ""));
  return dataOf(
    dataLink("trials.csv", "text/csv", { columns: COLUMNS, rows }),
    dataLink("sweep.json", "application/json", sweepJson(result, "")),
  );
};

const excludedList = ({ header, trials }: RecordedSweep): Markup =>
  html`<ul>
    ${trials.flatMap(({ x, excluded }) =>
      excluded === undefined ? [] : [html`<li>${axisText(header.axis, x)}: ${excluded}</li>`],
    )}
  </ul>`;

/** What a sweep found as one HTML file that works offline. */
export function sweepReport(sweep: RecordedSweep, result: SweepResult): string {
  const { header } = sweep;
  const values = header.value && valueChart(sweep, result, header.value);
  const verdict = sweepVerdict(result);
  const percent = `${header.confidence * 100} %`;
  return page(
    `sweep: ${header.suite}, ${header.axis.what}`,
    html`<h1 class="${sweepExitCode(result) === 0 ? "met" : "inconclusive"}">${verdict}</h1>
      <p class="soft">edgeproof sweep, suite ${header.suite}, ${varyText(header.axis)}</p>
      ${section(
        "Success",
        `The edge is where the share of successes crosses one half. It lies in the shaded interval with ${percent} confidence over all points and looks together; each bar is the interval of its point alone.`,
        shareChart(result),
      )}
      ${values && section(`Measured: ${header.value?.title ?? ""}`, "One mark a trial.", values)}
      ${section(
        "Points",
        "A side is named once it is sure; an open point lies within the edge as far as its trials tell.",
        pointsTable(result),
      )}
      ${result.excluded > 0 && section("Excluded trials", "They say nothing about the edge, and were made again.", excludedList(sweep))}
      ${section("Sweep", "", facts(sweep, result))}
      ${section("Data", "What this page was made from.", saved(sweep, result))}`,
  );
}

/** Writes the page into the sweep's folder and returns its path. */
export function writeSweepReport(sweep: RecordedSweep, result: SweepResult): string {
  const file = join(sweep.folder, "sweep.html");
  writeFileSync(file, sweepReport(sweep, result));
  return file;
}
