import type { Judgement } from "../../harness/judge/judgement.ts";
import { judgementsJson } from "../../harness/judge/judgement.ts";
import type { RecordedRun, Sample } from "../../harness/record/model.ts";
import { dataLink } from "./data-link.ts";
import { html, type Markup } from "./markup.ts";

/** Above this many samples the page would get slow on a phone; the run's folder has them all. */
const MOST_SAMPLES = 100_000;

const COLUMNS = [
  "phase",
  "fn",
  "intendedAt",
  "startedAt",
  "durationMs",
  "outcome",
  "status",
  "errorCode",
  "pod",
  "node",
  "deviceClass",
  "model",
] as const satisfies (keyof Sample)[];

/** Links that save what the report was made from. */
export const downloads = (run: RecordedRun, judgements: readonly Judgement[]): Markup => {
  const { header, events, samples } = run;
  const kept = samples.slice(0, MOST_SAMPLES);
  const rows = kept.map((sample) => COLUMNS.map((column) => sample[column]));
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join("");
  const note =
    kept.length < samples.length
      ? html`<p class="soft">
          samples.csv has the first ${kept.length} of ${samples.length} samples; the run's folder has all.
        </p>`
      : undefined;
  return html`<ul>
      <li>${dataLink("judgements.json", "application/json", judgementsJson(judgements))}</li>
      <li>${dataLink("run.json", "application/json", `${JSON.stringify(header, undefined, 2)}\n`)}</li>
      <li>${dataLink("events.ndjson", "application/x-ndjson", lines)}</li>
      <li>${dataLink("samples.csv", "text/csv", { columns: COLUMNS, rows })}</li>
    </ul>
    ${note}`;
};
