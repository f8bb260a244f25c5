import type { Judgement } from "../../harness/judge/judgement.ts";
import { formatDuration, formatShare } from "../../harness/judge/format.ts";
import { saturation } from "../../harness/judge/saturation.ts";
import type {
  HostPressure,
  LoadAccount,
  NodeFailure,
  Receipt,
  ReceiptCheck,
} from "../../harness/record/model.ts";
import { verdictRows } from "../verdict-table.ts";
import { html, type Content, type Markup } from "./markup.ts";

interface Cell {
  content: Content;
  className?: string;
}

export const cell = (content: Content): Cell => ({ content });
export const number = (content: Content): Cell => ({ content, className: "number" });

interface TableRow {
  cells: Cell[];
  reason?: string;
}

/** On a phone each row becomes a block whose cells carry their column's name. */
export const table = (head: readonly string[], rows: readonly TableRow[]): Markup => {
  const isNumber = (column: number): boolean =>
    rows.length > 0 && rows.every(({ cells }) => cells[column]?.className === "number");
  return html`<div class="wide">
    <table class="stack">
      <thead>
        <tr>
          ${head.map((name, column) => html`<th class="${isNumber(column) ? "number" : ""}">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ cells, reason }) => html`
            <tr class="${reason ? "has-reason" : ""}">
              ${cells.map(
                ({ content, className }, column) =>
                  html`<td class="${className ?? ""}" data-label="${head[column] ?? ""}">${content}</td>`,
              )}
            </tr>
            ${
              reason
                ? html`<tr class="reason">
                    <td></td>
                    <td colspan="${head.length - 1}">${reason}</td>
                  </tr>`
                : ""
            }
          `,
        )}
      </tbody>
    </table>
  </div>`;
};

/** The same columns as in the terminal. */
export const verdictsTable = (judgements: readonly Judgement[]): Markup => {
  const { head, rows } = verdictRows(judgements);
  return table(
    head,
    judgements.map((judgement, index) => ({
      reason: judgement.reason,
      cells: rows[index]!.map((text, column): Cell => {
        if (column === 0) return { content: text, className: `verdict ${judgement.verdict}` };
        return head[column] === "n" ? number(text) : cell(text);
      }),
    })),
  );
};

const quantityText = (value: number, { quantity }: ReceiptCheck): string => {
  if (quantity.endsWith("-ms")) return formatDuration(value);
  return quantity === "loss" ? formatShare(value) : String(value);
};

const checkRow = (receipt: Receipt, when: string, check: ReceiptCheck): TableRow => {
  const { interval } = check;
  const between = interval
    ? ` [${quantityText(interval.low, check)}, ${quantityText(interval.high, check)}]`
    : "";
  return {
    cells: [
      {
        content: check.held ? "✓ held" : "! not held",
        className: `verdict ${check.held ? "met" : "broken"}`,
      },
      cell(receipt.fault),
      cell(receipt.phase),
      cell(when),
      cell(check.subject),
      cell(check.quantity),
      number(quantityText(check.asked, check)),
      number(`${quantityText(check.measured, check)}${between}`),
      number(`± ${quantityText(check.tolerance, check)}`),
      number(check.samples),
    ],
  };
};

/** Every check of every receipt: what was asked of the fault, and what the probes measured. */
export const receiptsTable = (receipts: readonly Receipt[]): Markup => {
  const head = ["", "fault", "phase", "when", "between", "quantity", "asked", "measured", "tolerance", "n"];
  const rows = receipts.flatMap((receipt): TableRow[] => {
    const checks = (["before", "during", "after"] as const).flatMap((when) =>
      receipt[when].map((check) => checkRow(receipt, when, check)),
    );
    if (receipt.held) return checks;
    const broken = { content: "! not held", className: "verdict broken" };
    const summary = [broken, cell(receipt.fault), cell(receipt.phase), cell("in all")];
    return [...checks, { cells: summary, reason: receipt.reasons.join("; ") || "no reason given" }];
  });
  return table(head, rows);
};

export const loadTable = (accounts: readonly LoadAccount[]): Markup => {
  const head = [
    "phase",
    "function",
    "model",
    "rate",
    "for",
    "planned",
    "offered",
    "completed",
    "failed",
    "timed out",
    "dropped",
  ];
  return table(
    head,
    accounts.map((one) => ({
      cells: [
        cell(one.phase),
        cell(one.fn),
        cell(one.model === "closed" ? `closed, users: ${one.users ?? "?"}` : "open"),
        number(`${Number(one.ratePerSecond.toFixed(3))}/s`),
        number(formatDuration(one.durationMs)),
        ...[one.planned, one.offered, one.completed, one.failed, one.timedOut, one.dropped].map(number),
      ],
    })),
  );
};

/** When each thing happened after the power cut, and after power came back. */
export const failuresTable = (failures: readonly NodeFailure[]): Markup => {
  const since = (from: number | undefined, to: number | undefined): Cell =>
    number(from === undefined || to === undefined ? "never" : formatDuration(to - from));
  return table(
    [
      "node",
      "class",
      "first error",
      "NotReady",
      "last error",
      "replacement ready",
      "off for",
      "Ready again after",
    ],
    failures.map((one) => ({
      cells: [
        cell(one.node),
        cell(one.deviceClass),
        since(one.killedAt, one.firstErrorAt),
        since(one.killedAt, one.notReadyAt),
        since(one.killedAt, one.lastErrorAt),
        since(one.killedAt, one.replacementReadyAt),
        since(one.killedAt, one.restartedAt),
        since(one.restartedAt, one.nodeReadyAgainAt),
      ],
    })),
  );
};

export const pressureTable = (pressure: readonly HostPressure[]): Markup =>
  table(
    ["phase", "CPU busy", "CPU pressure (PSI some)", "steal", "cores", ""],
    pressure.map((one) => ({
      cells: [
        cell(one.phase),
        number(formatShare(one.cpuBusy)),
        number(one.psiCpuSome === undefined ? "not measured" : formatShare(one.psiCpuSome)),
        number(formatShare(one.cpuSteal)),
        number(one.cores),
        saturation(one) === undefined
          ? { content: "✓ calm", className: "verdict met" }
          : { content: "? saturated", className: "verdict inconclusive" },
      ],
    })),
  );
