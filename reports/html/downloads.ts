import type { Judgement } from "../../harness/judge/judgement.ts";
import { judgementsJson } from "../../harness/judge/judgement.ts";
import type { RecordedRun, Sample } from "../../harness/record/model.ts";
import { embeddedJson, html, trusted, type Markup } from "./markup.ts";

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
] as const satisfies (keyof Sample)[];

/** Builds each file in the browser from the data in the page: nothing is fetched. */
const script = `
for (const button of document.querySelectorAll("button[data-from]")) {
  button.addEventListener("click", () => {
    const data = JSON.parse(document.getElementById(button.dataset.from).textContent);
    const cell = (value) => /[",\\n]/.test(String(value)) ? '"' + String(value).replaceAll('"', '""') + '"' : String(value);
    const text = typeof data === "string" ? data
      : [data.columns, ...data.rows].map((row) => row.map(cell).join(",")).join("\\n") + "\\n";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: button.dataset.type }));
    link.download = button.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}
`;

/** A button that saves data that lies in the page: a text as it is, or `{ columns, rows }` as CSV. */
export const download = (id: string, file: string, type: string, data: unknown): Markup =>
  html`<button type="button" data-from="${id}" data-file="${file}" data-type="${type}">${file}</button>
    <script type="application/json" id="${id}">
      ${embeddedJson(data)}
    </script>`;

/** What the buttons do; once a page, after them. */
export const downloadScript: Markup = html`<script>
  ${trusted(script)};
</script>`;

/** Buttons that save what the report was made from. */
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
  return html`<div>
      ${download("data-judgements", "judgements.json", "application/json", judgementsJson(judgements))}
      ${download("data-run", "run.json", "application/json", `${JSON.stringify(header, undefined, 2)}\n`)}
      ${download("data-events", "events.ndjson", "application/x-ndjson", lines)}
      ${download("data-samples", "samples.csv", "text/csv", { columns: COLUMNS, rows })}
    </div>
    ${note} ${downloadScript}`;
};
