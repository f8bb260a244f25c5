import { formatDuration } from "../../../harness/judge/format.ts";
import type { Phase, Receipt } from "../../../harness/record/model.ts";
import { row, titled } from "../chart.ts";
import { html, type Markup } from "../markup.ts";
import type { TimeAxis } from "./time-axis.ts";

const CHARACTER = 6.6;
export const PHASES_HEIGHT = 24;
const LANE_HEIGHT = 18;

/** Names that do not fit are cut; the whole is in the tooltip. */
const fitted = (text: string, width: number): string => {
  const characters = Math.floor(width / CHARACTER);
  if (text.length <= characters) return text;
  return characters < 4 ? "" : `${text.slice(0, characters - 1)}…`;
};

/** Phases in turn, as bands through all panels with their names on top. */
export const phaseBands = (phases: readonly Phase[], { x }: TimeAxis, bottom: number): Markup =>
  html`${phases.map(
    ({ startedAt, endedAt }, index) =>
      html`<rect
        class="${index % 2 ? "band-b" : "band-a"}"
        x="${x(startedAt)}"
        y="0"
        width="${Math.max(1, x(endedAt) - x(startedAt))}"
        height="${bottom}"
      />`,
  )}`;

export const phaseNames = (phases: readonly Phase[], { x }: TimeAxis): Markup =>
  row(
    phases.map(({ name, profile, faults, startedAt, endedAt }) => {
      const width = Math.max(1, x(endedAt) - x(startedAt));
      const under = faults.length > 0 ? `, faults ${faults.join(", ")}` : "";
      return titled(
        `phase ${name}, profile ${profile}${under}: ${formatDuration(endedAt - startedAt)}`,
        html`<rect class="hover" x="${x(startedAt)}" y="0" width="${width}" height="${PHASES_HEIGHT}" />
          <text x="${x(startedAt) + 4}" y="${PHASES_HEIGHT / 2 + 4}">${fitted(name, width - 6)}</text>`,
      );
    }),
  );

/** Each fault as a shaded span through all panels, from injected to healed. */
export const faultSpans = (
  receipts: readonly Receipt[],
  { x, from, to }: TimeAxis,
  top: number,
  bottom: number,
): Markup =>
  html`${receipts.map(({ injectedAt, healedAt }) => {
    const [start, end] = [x(Math.max(from, injectedAt)), x(Math.min(to, healedAt))];
    return html`<rect
        class="fault"
        x="${start}"
        y="${top}"
        width="${Math.max(1, end - start)}"
        height="${bottom - top}"
      />
      <line class="edge" x1="${start}" x2="${start}" y1="${top}" y2="${bottom}" />
      <line class="edge" x1="${end}" x2="${end}" y1="${top}" y2="${bottom}" />`;
  })}`;

interface Placed {
  receipt: Receipt;
  lane: number;
  start: number;
  end: number;
  text: string;
  /** Where the text begins, or ends if `anchor` says so. */
  textX: number;
  anchor: "start" | "end";
}

/** Receipts that do not touch share a lane; text counts as part of its bar. */
const placed = (receipts: readonly Receipt[], { x, from, to, left, width }: TimeAxis): Placed[] => {
  const ends: number[] = [];
  return receipts
    .toSorted((a, b) => a.injectedAt - b.injectedAt)
    .map((receipt) => {
      const start = x(Math.max(from, receipt.injectedAt));
      const end = Math.max(start + 3, x(Math.min(to, receipt.healedAt)));
      const text = `${receipt.held ? "✓" : "!"} ${receipt.fault}`;
      const wide = text.length * CHARACTER + 8;
      const inside = end - start >= wide;
      const before = !inside && end + wide > left + width;
      const textX = inside ? start + 4 : before ? start - 4 : end + 4;
      const [low, high] = [before ? start - wide : start, inside || before ? end : end + wide];
      const free = ends.findIndex((taken) => taken + 2 <= low);
      const lane = free < 0 ? ends.length : free;
      ends[lane] = high;
      return { receipt, lane, start, end, text, textX, anchor: before ? "end" : "start" };
    });
};

const checksOf = ({ before, during, after }: Receipt): string => {
  const all = [...before, ...during, ...after];
  return `${all.filter(({ held }) => held).length} of ${all.length} checks held`;
};

const bar = ({ receipt, lane, start, end, text, textX, anchor }: Placed, top: number): Markup => {
  const y = top + lane * LANE_HEIGHT;
  const { fault, held, reasons, injectedAt, healedAt } = receipt;
  const why = held ? checksOf(receipt) : `NOT held: ${reasons.join("; ")}`;
  return titled(
    `${fault}, in force for ${formatDuration(healedAt - injectedAt)}: ${why}`,
    html`<rect
        class="${held ? "held" : "unheld"}"
        x="${start}"
        y="${y}"
        width="${end - start}"
        height="${LANE_HEIGHT - 3}"
      />
      ${!held && html`<rect class="h1" x="${start}" y="${y}" width="${end - start}" height="${LANE_HEIGHT - 3}" />`}
      <text class="lane" x="${textX}" y="${y + 12}" text-anchor="${anchor}">${text}</text>`,
  );
};

/** The receipts under the panels: one bar each, from injected to healed. `height` is of all their lanes. */
export const receiptLanes = (
  receipts: readonly Receipt[],
  axis: TimeAxis,
  top: number,
): { height: number; content: Markup } => {
  const all = placed(receipts, axis);
  const lanes = Math.max(0, ...all.map(({ lane }) => lane + 1));
  return { height: lanes * LANE_HEIGHT, content: row(all.map((one) => bar(one, top))) };
};
