import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { overallVerdict, type Judgement } from "../harness/judge/judgement.ts";
import { formatValue } from "../harness/judge/format.ts";
import type { Observation, RecordedRun, Receipt } from "../harness/record/model.ts";
import { MESSAGE_HEAD, messageRow } from "./message-rows.ts";
import { phaseNotes } from "./phase-notes.ts";
import { appendStepSummary } from "./step-summary.ts";
import { STORAGE_HEAD, storageRows } from "./storage-rows.ts";
import { verdictLine, verdictRows } from "./verdict-table.ts";

/** Text that Markdown and the HTML in it leave alone, on one line. */
const plain = (text: string): string =>
  text
    .replace(/[\\`*_[\]|#~]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/\s+/g, " ");

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows.map((row) => row.map(plain))]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");

const receiptRow = ({ fault, phase, before, during, after, held, reasons }: Receipt): string[] => [
  held ? "held" : "NOT HELD",
  fault,
  phase,
  String(before.length + during.length + after.length),
  reasons.join("; "),
];

const observationRow = ({ phase, observable, subject, value, unit, detail }: Observation): string[] => [
  observable,
  subject,
  phase,
  value === undefined ? "never" : formatValue(value, unit),
  detail,
];

/** `summary.md`: the verdict first, then what it rests on. */
export const markdownSummary = (run: RecordedRun, judgements: readonly Judgement[]): string => {
  const { header } = run;
  const { head, rows } = verdictRows(judgements);
  const receipts = run.events.flatMap((event) => (event.type === "receipt" ? [event.receipt] : []));
  const trouble = run.events.flatMap((event) => (event.type === "trouble" ? [event.what] : []));
  const reasons = judgements.filter(({ verdict, reason }) => verdict !== "met" && reason !== "");
  const parts = [
    `# ${overallVerdict(judgements)}: ${plain(header.suite)}`,
    `${plain(verdictLine(judgements))}.`,
    ...(judgements.length === 0 ? [] : [table(head, rows)]),
  ];
  if (reasons.length > 0) {
    const lines = reasons.map(({ verdict, objective, scope, reason }) =>
      plain(
        `${verdict} ${objective} (${scope.phase || "no phase"}${scope.deviceClass && `, ${scope.deviceClass}`}): ${reason}`,
      ),
    );
    parts.push("## Why", [...new Set(lines)].map((line) => `- ${line}`).join("\n"));
  }
  const aborts = run.events.flatMap((event) => (event.type === "abort" ? [event] : []));
  if (aborts.length > 0) {
    const lines = aborts.map(({ phase, reason }) => `- ${plain(`${phase}: ${reason}`)}`);
    parts.push("## Ended by a guard rail", lines.join("\n"));
  }
  if (trouble.length > 0) parts.push("## Trouble", trouble.map((what) => `- ${plain(what)}`).join("\n"));
  const noted = phaseNotes(run.events.flatMap((event) => (event.type === "phase" ? [event.phase] : [])));
  if (noted.length > 0)
    parts.push("## Run otherwise than asked for", noted.map((text) => `- ${plain(text)}`).join("\n"));
  if (receipts.length > 0) {
    parts.push(
      "## Receipts of the faults",
      table(["", "fault", "phase", "checks", "reasons"], receipts.map(receiptRow)),
    );
  }
  const messages = run.events.flatMap((event) => (event.type === "messages" ? [event.account] : []));
  if (messages.length > 0) parts.push("## Messages", table(MESSAGE_HEAD, messages.map(messageRow)));
  const stored = storageRows(
    run.events.flatMap((event) => (event.type === "storage" ? [event.storage] : [])),
  );
  if (stored.length > 0) parts.push("## Stores", table(STORAGE_HEAD, stored));
  const observations = run.events.flatMap((event) =>
    event.type === "observation" ? [event.observation] : [],
  );
  if (observations.length > 0) {
    const columns = ["observable", "of", "phase", "value", "detail"];
    parts.push("## Observations", table(columns, observations.map(observationRow)));
  }
  const emulated = header.nodes.some(({ emulation }) => emulation === "limits")
    ? "emulated by CPU and memory limits"
    : "labels only, not emulated";
  parts.push(
    "## Run",
    [
      `- run: ${plain(header.id)}${run.complete ? "" : " (cut off)"}`,
      `- topology: ${plain(header.topology)}, ${plain(header.engine)}, WAN by ${plain(header.wanBackend)}`,
      `- device classes: ${emulated}`,
      `- host: ${plain(header.host.os)}, ${header.host.cores} cores, ${header.host.memoryMiB} MiB`,
      `- seed: ${header.seed}`,
    ].join("\n"),
  );
  return `${parts.join("\n\n")}\n`;
};

/**
 * Writes `summary.md` into the run's folder and, in a GitHub job, appends it to the step's summary. Returns its path.
 */
export const writeMarkdownSummary = (
  run: RecordedRun,
  judgements: readonly Judgement[],
  environment: NodeJS.ProcessEnv = process.env,
): string => {
  const file = join(run.folder, "summary.md");
  const text = markdownSummary(run, judgements);
  writeFileSync(file, text);
  appendStepSummary(text, environment);
  return file;
};
