import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { openFigures } from "../harness/characterize/outcome.ts";
import {
  SCORES,
  scoreNames,
  type Characterization,
  type PairFigures,
  type PathFigures,
} from "../harness/characterize/model.ts";
import { estimateText, formatAmount } from "../harness/characterize/outcome.ts";
import { formatDuration } from "../harness/judge/format.ts";
import { pathTexts, scoreText } from "./characterization-table.ts";
import { dataLink, dataOf } from "./html/data-link.ts";
import { html, type Markup } from "./html/markup.ts";
import { page, section } from "./html/page.ts";
import { cell, number, table } from "./html/tables.ts";

const scoresTable = ({ nodes }: Characterization): Markup =>
  table(
    ["score", "what", ...nodes.map(({ node }) => node)],
    [
      ...scoreNames.map((name) => ({
        cells: [
          cell(name),
          cell(SCORES[name].title),
          ...nodes.map(({ scores }) => number(scoreText(name, scores[name]))),
        ],
      })),
      {
        cells: [
          cell("nearest class"),
          cell("by measured scores of classes"),
          ...nodes.map((one) => cell(one.nearest.text)),
        ],
      },
    ],
  );

const machinesTable = ({ nodes }: Characterization): Markup =>
  table(
    ["node", "class in the topology", "machine", "cores", "CPU quota", "memory", "Linux", "took"],
    nodes.map(({ node, deviceClass, machine, tookMs }) => ({
      cells: [
        ...[node, deviceClass, `${machine.model || "unnamed"}, ${machine.architecture}`].map(cell),
        ...[machine.cores, machine.quotaCpus ?? "none", `${machine.memoryMiB} MiB`].map(number),
        ...[cell(machine.kernel), number(formatDuration(tookMs))],
      ],
    })),
  );

/** Rows send, columns receive; each cell has underlay | overlay. */
function matrix(pairs: readonly PairFigures[], text: (path: PathFigures) => string): Markup {
  const names = [...new Set(pairs.flatMap(({ from, to }) => [from, to]))];
  return table(
    ["from \\ to", ...names],
    names.map((from) => ({
      cells: [
        cell(from),
        ...names.map((to) => {
          const pair = pairs.find((one) => one.from === from && one.to === to);
          return number(pair ? `${text(pair.underlay)} | ${text(pair.overlay)}` : "");
        }),
      ],
    })),
  );
}

const pairsTable = (pairs: readonly PairFigures[]): Markup => {
  const columns = Object.keys(pathTexts({}));
  return table(
    ["from", "to", "path", ...columns, "overlay adds"],
    pairs.flatMap(({ from, to, underlay, overlay, overlayCostMs }) =>
      ([["underlay", underlay] as const, ["overlay", overlay] as const] as const).map(([path, figures]) => ({
        cells: [
          ...[from, to, path].map(cell),
          ...Object.values(pathTexts(figures)).map(number),
          number(path === "overlay" ? estimateText(overlayCostMs, formatDuration) : ""),
        ],
      })),
    ),
  );
};

const list = (lines: readonly string[]): Markup =>
  html`<ul>
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`;

const network = (pairs: readonly PairFigures[]): Markup =>
  html`${section(
    "Round trip",
    "Median, underlay | overlay.",
    matrix(pairs, ({ rttMs }) => (rttMs ? formatDuration(rttMs.value) : "?")),
  )}
  ${section(
    "Bandwidth",
    "Median goodput of one new TCP connection from the row to the column, bit/s, underlay | overlay.",
    matrix(pairs, ({ bandwidthBps }) => (bandwidthBps ? formatAmount(bandwidthBps.value) : "?")),
  )}
  ${section(
    "Pairs",
    "With 95 % intervals; n alone where there were too few samples for one. What the overlay adds is of pings that were sent together.",
    pairsTable(pairs),
  )}`;

/** A characterization as one HTML file that works offline. */
export function characterizationReport(found: Characterization): string {
  const open = openFigures(found);
  const { rig, topology, pairs, calibrations, notes, versions } = found;
  const facts: [string, string][] = [
    ["started", new Date(found.startedAt).toISOString()],
    ["took", formatDuration(found.tookMs)],
    ["nodes", found.oneByOne ? "one after the other" : "at once"],
    ...Object.entries(versions),
  ];
  const title = open.length === 0 ? "everything was measured" : `${open.length} figures are open`;
  return page(
    `characterize: ${rig}`,
    html`<h1 class="${open.length === 0 ? "met" : "inconclusive"}">${title}</h1>
      <p class="soft">edgeproof characterize, rig ${rig}, topology ${topology}</p>
      ${notes.length > 0 && list(notes)}
      ${section("Nodes", "Medians with 95 % intervals. Rates: more is better; fsync: less is.", scoresTable(found))}
      ${section("Machines", "As each node's own kernel names itself.", machinesTable(found))}
      ${pairs.length > 0 && network(pairs)}
      ${calibrations.length > 0 && section("CPU quotas", "What makes a container on this host as fast as a class, and how far off.", list(calibrations.map(({ text }) => text)))}
      ${open.length > 0 && section("Open", "Not measured, or too noisy to be used.", list(open))}
      ${section(
        "Measurement",
        "",
        html`<dl>
          ${facts.map(
            ([name, value]) =>
              html`<dt>${name}</dt>
                <dd>${value}</dd>`,
          )}
        </dl>`,
      )}
      ${section(
        "Data",
        "What this page was made from.",
        dataOf(dataLink("characterization.json", "application/json", JSON.stringify(found, undefined, 2))),
      )}`,
  );
}

/** Writes the page into the characterization's folder and returns its path. */
export function writeCharacterizationReport(folder: string, found: Characterization): string {
  const file = join(folder, "characterization.html");
  writeFileSync(file, characterizationReport(found));
  return file;
}
