import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { saturation } from "../harness/judge/saturation.ts";
import { formatShare } from "../harness/judge/format.ts";
import type { ScaleRun } from "../harness/scale/model.ts";
import { COSTS, costNames, type ScaleOutcome } from "../harness/scale/outcome.ts";
import { SLOS, sloNames } from "../harness/scale/slo.ts";
import { dataLink } from "./html/data-link.ts";
import { factsList } from "./html/facts.ts";
import { html, type Markup } from "./html/markup.ts";
import { page, section } from "./html/page.ts";
import { cell, number, table } from "./html/tables.ts";
import { costChart, podStartChart } from "./scale-chart.ts";
import {
  amountText,
  capacityText,
  caveats,
  costHead,
  costRows,
  datastoreText,
  headline,
  sloHead,
  sloRow,
  tailText,
} from "./scale-texts.ts";

const list = (texts: readonly string[]): Markup =>
  html`<ul>
    ${texts.map((text) => html`<li>${text}</li>`)}
  </ul>`;

const slosTable = ({ judgements }: ScaleOutcome): Markup =>
  table(
    sloHead,
    judgements.map((judgement) => ({
      reason: judgement.reason,
      cells: sloRow(judgement).map((text, column) =>
        column === 0 ? { content: text, className: `verdict ${judgement.verdict}` } : cell(text),
      ),
    })),
  );

const costsTable = (run: ScaleRun, outcome: ScaleOutcome): Markup =>
  table(
    costHead(run),
    costRows(run, outcome).map((row) => ({
      cells: row.map((text, column) => (column === 0 ? cell(text) : number(text))),
    })),
  );

const processesTable = ({ steps }: ScaleRun): Markup => {
  const names = [
    ...new Set(steps.flatMap(({ processes }) => processes.map(({ machine, name }) => `${machine} ${name}`))),
  ].sort();
  return table(
    ["machine and process", ...steps.map(({ nodes }) => String(nodes))],
    names.map((which) => ({
      cells: [
        cell(which),
        ...steps.map(({ processes }) => {
          const found = processes.find(({ machine, name }) => `${machine} ${name}` === which);
          return number(
            found ? `${found.cores.toFixed(3)} cores, ${amountText(found.rssBytes, "bytes")}` : "",
          );
        }),
      ],
    })),
  );
};

const MOST_CALLS = 15;

const callsTable = ({ steps }: ScaleRun): Markup => {
  const largest = steps.at(-1)?.callRates.slice(0, MOST_CALLS) ?? [];
  return table(
    ["call", ...steps.map(({ nodes }) => String(nodes))],
    largest.map(({ verb, resource }) => ({
      cells: [
        cell(`${verb} ${resource}`),
        ...steps.map(({ callRates }) => {
          const found = callRates.find((one) => one.verb === verb && one.resource === resource);
          return number(`${(found?.perSecond ?? 0).toFixed(2)}/s`);
        }),
      ],
    })),
  );
};

const stepsTable = ({ steps }: ScaleRun): Markup =>
  table(
    [
      "nodes",
      "all Ready",
      "all pods running",
      "p99 of pods' start while growing",
      "host busy",
      "own",
      "datastore",
    ],
    steps.map((step) => ({
      reason: saturation(step.host) ?? "",
      cells: [
        number(step.nodes),
        number(`${(step.nodesReadyMs / 1000).toFixed(1)} s`),
        number(`${(step.podsRunningMs / 1000).toFixed(1)} s`),
        cell(tailText(step.growthPodStart)),
        number(formatShare(step.host.cpuBusy)),
        number(formatShare(step.ownShare)),
        cell(datastoreText(step)),
      ],
    })),
  );

const facts = (run: ScaleRun): Markup =>
  factsList([
    ["rig", `${run.rig}, topology ${run.topology}, ${run.engine}`],
    ["WAN engine", `${run.wanBackend}, profile ${run.profile}`],
    ["simulated nodes speak from", run.from],
    ["started", new Date(run.startedAt).toISOString()],
    ["took", `${Math.round(run.tookMs / 1000)} s`],
    ["sizes", run.asked.steps.join(", ")],
    [
      "pods",
      `${run.asked.podsPerNode} on each node, and ${run.asked.podsPerSecond} a second created and deleted`,
    ],
    ...Object.entries(run.versions),
  ]);

/** What a scale run measured, as one HTML file that works offline. */
export function scaleReport(run: ScaleRun, outcome: ScaleOutcome): string {
  const measured = run.steps.length > 0;
  return page(
    `scale: ${run.rig}`,
    html`<h1 class="${outcome.verdict}">${headline(run, outcome)}</h1>
      <p class="soft">edgeproof scale, ${run.asked.steps.join(", ")} simulated nodes</p>
      ${run.troubles.length > 0 && section("Trouble", "", list(run.troubles))}
      ${section("What has to be known", "", list(caveats(run)))}
      ${section(
        "SLOs",
        "Of SIG Scalability. An interval is as wide as the API server's buckets and the number of calls make it; pairs with too few calls for one are counted, and stand against nothing unless they were slow.",
        slosTable(outcome),
      )}
      ${section(
        "Their wording",
        "kubernetes/community, sig-scalability/slos.",
        list(sloNames.map((name) => `${SLOS[name].title}: ${SLOS[name].sli}. ${SLOS[name].slo}.`)),
      )}
      ${measured && section("Pod start", "The line is the SLO's limit.", podStartChart(run))}
      ${section(
        "What a node costs",
        "A line by Theil and Sen. The exponent is the log-log slope of what was added since the first size: 1 is in proportion to nodes, 2 with their square.",
        costsTable(run, outcome),
      )}
      ${section("Where cores give out", "", list(outcome.capacities.map((one) => capacityText(one, outcome))))}
      ${measured && costNames.map((name) => section(COSTS[name].title, "", costChart(run, outcome, name)))}
      ${section("Processes", "CPU seconds a second, and resident memory, at each size.", processesTable(run))}
      ${section("API calls", "The most frequent at the largest size.", callsTable(run))}
      ${section("Sizes", "", stepsTable(run))} ${section("Run", "", facts(run))}
      ${section(
        "Data",
        "What this page was made from.",
        dataLink("scale.json", "application/json", JSON.stringify(run)),
      )}`,
  );
}

/** Writes the page into the run's folder and returns its path. */
export function writeScaleReport(folder: string, run: ScaleRun, outcome: ScaleOutcome): string {
  const file = join(folder, "scale.html");
  writeFileSync(file, scaleReport(run, outcome));
  return file;
}
