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
export const table = (
  head: readonly string[],
  rows: readonly TableRow[],
  { name, className = "stack" }: { name?: string; className?: string } = {},
): Markup => {
  const isNumber = (column: number): boolean =>
    rows.length > 0 && rows.every(({ cells }) => cells[column]?.className === "number");
  return html`<div
    class="wide"
    tabindex="0"
    role="region"
    aria-label="${name ?? `table of ${head.filter(Boolean).join(", ")}`}"
  >
    <table class="${className}">
      <thead>
        <tr>
          ${head.map((title, column) => html`<th scope="col" class="${isNumber(column) ? "number" : ""}">${title}</th>`)}
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

export interface MatrixCell {
  text: string;
  title?: string;
  /** No answer, or next to none. */
  bad?: boolean;
  /** What the shade stands for, ms; absent: no shade. */
  size?: number;
}

/** Each shade begins here, ms, so that tables can be held against each other; the figure is always there as well. */
const SHADES = [0, 1, 5, 20, 100];

const shadeOf = ({ size, bad }: MatrixCell): string => {
  if (bad) return "bad";
  return size === undefined ? "" : `shade-${SHADES.findLastIndex((from) => size >= from)}`;
};

/** Names against names: rows are `from`, columns `to`. On a phone it scrolls sideways, the names of its rows stay. */
export const matrixTable = (
  caption: string,
  names: readonly string[],
  cellOf: (from: string, to: string) => MatrixCell | undefined,
): Markup => {
  return html`<div class="wide" tabindex="0" role="region" aria-label="${caption}">
    <table class="matrix">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">from to</th>
          ${names.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${names.map(
          (from) =>
            html`<tr>
              <th scope="row">${from}</th>
              ${names.map((to) => {
                const found = cellOf(from, to);
                return found
                  ? html`<td class="number ${shadeOf(found)}" title="${found.title ?? ""}">${found.text}</td>`
                  : html`<td class="number">${from === to ? "" : "·"}</td>`;
              })}
            </tr>`,
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
    { name: "verdicts", className: "stack verdicts" },
  );
};

const quantityText = (value: number, { quantity }: ReceiptCheck): string => {
  if (quantity.endsWith("-ms")) return formatDuration(value);
  return quantity === "loss" ? formatShare(value) : String(value);
};

const checkRow = (when: string, check: ReceiptCheck): TableRow => {
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

const CHECKS_HEAD = ["result", "when", "between", "quantity", "asked", "measured", "tolerance", "n"];

const checksTable = (receipt: Receipt): Markup =>
  table(
    CHECKS_HEAD,
    (["before", "during", "after"] as const).flatMap((when) =>
      receipt[when].map((check) => checkRow(when, check)),
    ),
    { name: `checks of ${receipt.fault}` },
  );

/** Every check of every receipt, folded: what was asked of the fault, and what the probes measured. */
export const receiptsList = (receipts: readonly Receipt[]): Markup =>
  html`${receipts.map((receipt) => {
    const { fault, phase, held, reasons, before, during, after } = receipt;
    const checks = [...before, ...during, ...after];
    const count = `${checks.filter((check) => check.held).length} of ${checks.length} checks`;
    const sign = held ? html`<b class="met">✓ held</b>` : html`<b class="broken">! not held</b>`;
    return html`<details ${!held && html`open=""`}>
      <summary>${sign} ${fault} in ${phase}: ${count}</summary>
      ${!held && html`<p>${reasons.join("; ") || "no reason given"}</p>`} ${checksTable(receipt)}
    </details>`;
  })}`;

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
    ["phase", "CPU busy", "by other work", "CPU pressure (PSI some)", "steal", "cores", "host"],
    pressure.map((one) => ({
      cells: [
        cell(one.phase),
        number(formatShare(one.cpuBusy)),
        number(one.cpuForeign === undefined ? "not measured" : formatShare(one.cpuForeign)),
        number(one.psiCpuSome === undefined ? "not measured" : formatShare(one.psiCpuSome)),
        number(formatShare(one.cpuSteal)),
        number(one.cores),
        saturation(one) === undefined
          ? { content: "✓ calm", className: "verdict met" }
          : { content: "? saturated", className: "verdict inconclusive" },
      ],
    })),
  );
