import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { evidenceOf } from "../harness/judge/evidence.ts";
import { overallVerdict, type Judgement } from "../harness/judge/judgement.ts";
import type { RecordedRun } from "../harness/record/model.ts";
import { factsList } from "./html/facts.ts";
import { downloads } from "./html/downloads.ts";
import { ecdfCharts } from "./html/ecdf-chart.ts";
import { html, type Markup } from "./html/markup.ts";
import { page, section } from "./html/page.ts";
import { loadTable, failuresTable, pressureTable, receiptsTable, verdictsTable } from "./html/tables.ts";
import { observationsTable } from "./html/observations-table.ts";
import { timelineChart } from "./html/timeline-chart.ts";
import { coldStartTable } from "./html/cold-starts-table.ts";
import { coldStartCharts, waterfallChart } from "./html/waterfall-chart.ts";
import { replicasChart } from "./html/replicas-chart.ts";
import { phaseNotes } from "./phase-notes.ts";
import { verdictLine } from "./verdict-table.ts";

const list = (items: readonly string[]): Markup =>
  html`<ul>
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`;

const facts = (run: RecordedRun): Markup => {
  const { header } = run;
  const { host } = header;
  const entries: [string, string][] = [
    ["run", `${header.id}${run.complete ? "" : " (cut off)"}`],
    ["started", new Date(header.startedAt).toISOString()],
    ["topology", `${header.topology}, ${header.engine}, functions by ${header.functionsLayer}`],
    ["WAN engine", header.wanBackend],
    ["seed", String(header.seed)],
    [
      "host",
      `${host.os} ${host.kernel}, ${host.cores} cores, ${host.memoryMiB} MiB, engine ${host.containerEngine}`,
    ],
    ...header.nodes.map(({ name, role, site, deviceClass, emulation, architecture }): [string, string] => [
      name,
      `${role} in ${site}, ${architecture}, ${deviceClass} (${emulation === "limits" ? "emulated by limits" : "by label only"})`,
    ]),
    ...Object.entries(header.settings).map(([name, value]): [string, string] => [name, String(value)]),
    ...Object.entries(header.versions),
  ];
  return factsList(entries);
};

/** The whole report as one HTML file that works offline. */
export const htmlReport = (run: RecordedRun, judgements: readonly Judgement[]): string => {
  const evidence = evidenceOf(run);
  const verdict = overallVerdict(judgements);
  const notes = run.events.flatMap((event) => (event.type === "note" ? [event.text] : []));
  return page(
    `${verdict}: ${run.header.suite} (${run.header.id})`,
    html`<h1 class="${verdict}">${verdictLine(judgements)}</h1>
      <p class="soft">edgeproof, suite ${run.header.suite}, run ${run.header.id}</p>
      ${verdictsTable(judgements)}
      <p class="soft">
        In brackets the 95 % confidence interval; a verdict is met or missed only when the whole of it is on
        one side of the limit. Requests that did not complete count as infinitely slow.
      </p>
      ${evidence.broken.length > 0 && section("Trouble", "", list(evidence.broken))}
      ${
        evidence.aborts.length > 0 &&
        section(
          "Ended by a guard rail",
          "Faults were healed before their time, and later phases were not run.",
          list(evidence.aborts.map(({ phase, reason }) => `${phase}: ${reason}`)),
        )
      }
      ${
        evidence.phases.some(({ note }) => note !== undefined) &&
        section(
          "Run otherwise than asked for",
          "What these phases say holds for how they were run.",
          list(phaseNotes(evidence.phases)),
        )
      }
      ${section(
        "Over time",
        "Each point is one second of requests, by when the schedule wanted them to start.",
        timelineChart(evidence, run.samples),
      )}
      ${
        evidence.receipts.length > 0 &&
        section(
          "Receipts of the faults",
          "What was asked of each fault, and what probes measured before, during and after it.",
          receiptsTable(evidence.receipts),
        )
      }
      ${
        evidence.observations.length > 0 &&
        section(
          "Observations",
          "What was watched from the steady phase to the end of the healed one.",
          observationsTable(evidence.observations),
        )
      }
      ${
        evidence.scaleOuts.length > 0 &&
        section(
          "Scale-out",
          "One row a pod; the figure is the time until it was ready.",
          evidence.scaleOuts.map((scaleOut) => [
            waterfallChart(scaleOut),
            scaleOut.replicas ? replicasChart(scaleOut, run.samples) : undefined,
          ]),
        )
      }
      ${
        evidence.coldStarts.length > 0 &&
        section(
          "Cold starts",
          "Requests that found no pod; one that an older pod answered is told apart and counted nowhere.",
          [coldStartTable(evidence.coldStarts), ...coldStartCharts(evidence.coldStarts)],
        )
      }
      ${
        evidence.nodeFailures.length > 0 &&
        section(
          "Node failures",
          "Times from the power cut; the last one from power on. All on the tester's clock, as its watch saw them.",
          failuresTable(evidence.nodeFailures),
        )
      }
      ${
        run.samples.length > 0 &&
        section(
          "Response times",
          "Share of all requests that had completed within a time; a curve that ends below 100 % had failures.",
          ecdfCharts(evidence, run.samples),
        )
      }
      ${
        evidence.accounts.length > 0 &&
        section(
          "Load",
          "Offered = completed + failed + timed out + dropped; dropped requests were never started.",
          loadTable(evidence.accounts),
        )
      }
      ${
        evidence.pressure.length > 0 &&
        section(
          "Host pressure",
          "On a saturated host durations decide nothing: their verdicts are inconclusive.",
          pressureTable(evidence.pressure),
        )
      }
      ${notes.length > 0 && section("Notes", "", list(notes))} ${section("Run", "", facts(run))}
      ${section("Data", "What this page was made from.", downloads(run, judgements))}`,
  );
};

/** Writes `report.html` into the run's folder and returns its path. */
export const writeHtmlReport = (run: RecordedRun, judgements: readonly Judgement[]): string => {
  const file = join(run.folder, "report.html");
  writeFileSync(file, htmlReport(run, judgements));
  return file;
};
