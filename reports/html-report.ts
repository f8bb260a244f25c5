import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { changeCounts, type RunComparison } from "../harness/compare/comparison.ts";
import { evidenceOf, type Evidence } from "../harness/judge/evidence.ts";
import { overallVerdict, type Judgement } from "../harness/judge/judgement.ts";
import type { RecordedRun } from "../harness/record/model.ts";
import { coldStartTable } from "./html/cold-starts-table.ts";
import { comparisonSection } from "./html/comparison.ts";
import { distributions } from "./html/distribution/distributions.ts";
import { downloads } from "./html/downloads.ts";
import { runFacts } from "./html/facts.ts";
import { html, type Content, type Markup } from "./html/markup.ts";
import { observationsTable } from "./html/observations-table.ts";
import { contents, page, section } from "./html/page.ts";
import { reachMatrices } from "./html/reach-matrix.ts";
import { replicasChart } from "./html/replicas-chart.ts";
import { loadTable, failuresTable, pressureTable, receiptsList, verdictsTable } from "./html/tables.ts";
import { timelineChart } from "./html/timeline/timeline-chart.ts";
import { coldStartCharts, waterfallChart } from "./html/waterfall-chart.ts";
import { messagesTable, storageTable } from "./html/workload-tables.ts";
import { phaseNotes } from "./phase-notes.ts";
import { verdictLine } from "./verdict-table.ts";

/** The run that this one is held against. */
export interface Baseline {
  run: RecordedRun;
  compared: RunComparison;
}

const list = (items: readonly string[]): Markup =>
  html`<ul>
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`;

/** Title, explanation, content; without content there is no section. */
type Part = readonly [title: string, explanation: string, content: Content];

const some = (facts: readonly unknown[], content: () => Content): Content =>
  facts.length > 0 ? content() : undefined;

const troubleParts = ({ broken, aborts, phases }: Evidence): Part[] => [
  ["Trouble", "", some(broken, () => list(broken))],
  [
    "Ended by a guard rail",
    "Faults were healed before their time, and later phases were not run.",
    some(aborts, () => list(aborts.map(({ phase, reason }) => `${phase}: ${reason}`))),
  ],
  [
    "Run otherwise than asked for",
    "What these phases say holds for how they were run.",
    some(phaseNotes(phases), () => list(phaseNotes(phases))),
  ],
];

const chartParts = (run: RecordedRun, evidence: Evidence, baseline?: Baseline): Part[] => {
  const { scaleOuts, coldStarts, nodeFailures, receipts, observations } = evidence;
  return [
    [
      "Against the baseline",
      "Worst first. A change counts where its whole interval lies beyond what matters and chance does not explain it.",
      baseline && comparisonSection(baseline.compared),
    ],
    ["Over time", "", timelineChart(evidence, run.samples)],
    [
      "Receipts of the faults",
      "What was asked of each fault, and what probes measured before, during and after it. Open one for its checks.",
      some(receipts, () => receiptsList(receipts)),
    ],
    [
      "Response times",
      "Shares of a device class are of its completed requests; those of all are of every request, so that their curve ends below 100 % where some did not complete.",
      some(run.samples, () => distributions(evidence, run.samples, baseline?.run.samples)),
    ],
    [
      "Scale-out",
      "One row a pod; the figure is the time until it was ready.",
      some(scaleOuts, () =>
        scaleOuts.map((scaleOut) => [
          waterfallChart(scaleOut),
          scaleOut.replicas ? replicasChart(scaleOut, run.samples) : undefined,
        ]),
      ),
    ],
    [
      "Cold starts",
      "Requests that found no pod; one that an older pod answered is told apart and counted nowhere.",
      some(coldStarts, () => [coldStartTable(coldStarts), ...coldStartCharts(coldStarts)]),
    ],
    [
      "Node failures",
      "Times from the power cut; the last one from power on. All on the tester's clock, as its watch saw them.",
      some(nodeFailures, () => failuresTable(nodeFailures)),
    ],
    [
      "Who reaches whom",
      "Round trips between machines, from the row to the column: medians. Under a fault only what its receipt measured, of several readings the worst. Shades change at 1, 5, 20 and 100 ms.",
      reachMatrices(run),
    ],
    [
      "Observations",
      "What was watched from the steady phase to the end of the healed one.",
      some(observations, () => observationsTable(observations)),
    ],
  ];
};

const factParts = (
  run: RecordedRun,
  { accounts, messages, storage, pressure }: Evidence,
  judgements: readonly Judgement[],
): Part[] => {
  const notes = run.events.flatMap((event) => (event.type === "note" ? [event.text] : []));
  return [
    [
      "Load",
      "Offered = completed + failed + timed out + dropped; dropped requests were never started.",
      some(accounts, () => loadTable(accounts)),
    ],
    [
      "Messages",
      "Published = delivered + lost + unconfirmed. Lost is what was promised and never came; round trips are of what was delivered.",
      some(messages, () => messagesTable(messages)),
    ],
    [
      "Stores",
      "Unknown: no answer told whether it had an effect. Times count from the intended start; what did not end well never ended.",
      some(storage, () => storageTable(storage)),
    ],
    [
      "Host pressure",
      "On a saturated host durations decide nothing: their verdicts are inconclusive.",
      some(pressure, () => pressureTable(pressure)),
    ],
    ["Notes", "", some(notes, () => list(notes))],
    ["Run", "", runFacts(run)],
    ["Data", "What this page was made from; each plot has its own below it.", downloads(run, judgements)],
  ];
};

/** The whole report as one HTML file that works offline. */
export const htmlReport = (
  run: RecordedRun,
  judgements: readonly Judgement[],
  baseline?: Baseline,
): string => {
  const evidence = evidenceOf(run);
  const verdict = overallVerdict(judgements);
  const isThere = ([, , content]: Part): boolean => content !== undefined;
  const trouble = troubleParts(evidence).filter(isThere);
  const parts = [...chartParts(run, evidence, baseline), ...factParts(run, evidence, judgements)].filter(
    isThere,
  );
  const sections = (some_: readonly Part[]): Markup[] => some_.map((part) => section(...part));
  return page(
    `${verdict}: ${run.header.suite} (${run.header.id})`,
    html`<h1 class="${verdict}">${verdictLine(judgements)}</h1>
      <p class="soft">edgeproof, suite ${run.header.suite}, run ${run.header.id}</p>
      ${
        baseline &&
        html`<p>
          Against the baseline:
          <a href="#against-the-baseline">${changeCounts(baseline.compared.comparisons)}</a>
        </p>`
      }
      ${verdictsTable(judgements)}
      <p class="soft">
        In brackets the 95 % confidence interval; a verdict is met or missed only when the whole of it is on
        one side of the limit. Requests that did not complete count as infinitely slow.
      </p>
      ${sections(trouble)} ${contents(parts.map(([title]) => title))} ${sections(parts)}`,
  );
};

/** Writes `report.html` into the run's folder and returns its path. */
export const writeHtmlReport = (
  run: RecordedRun,
  judgements: readonly Judgement[],
  baseline?: Baseline,
): string => {
  const file = join(run.folder, "report.html");
  writeFileSync(file, htmlReport(run, judgements, baseline));
  return file;
};
