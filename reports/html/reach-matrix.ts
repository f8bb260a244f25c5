import { formatDuration, formatShare } from "../../harness/judge/format.ts";
import type { Reachability, Receipt, ReceiptCheck, RecordedRun } from "../../harness/record/model.ts";
import { dataLink, dataOf } from "./data-link.ts";
import { html, type Markup } from "./markup.ts";
import { matrixTable, type MatrixCell } from "./tables.ts";

/** One matrix: what is known of each ordered pair at one moment. */
interface Moment {
  title: string;
  cells: Map<string, MatrixCell>;
}

const keyOf = (from: string, to: string): string => `${from}\n${to}`;

const measured = ({ moment, pairs }: Reachability): Moment => ({
  title: moment === "start" ? "Start of the run, over the overlay" : "End of the run, over the overlay",
  cells: new Map(
    pairs.map(({ from, to, sent, received, medianMs, minMs = NaN, maxMs = NaN }): [string, MatrixCell] => {
      if (medianMs === undefined) return [keyOf(from, to), { text: `✗ none of ${sent}`, bad: true }];
      const lost = received < sent ? `, ${received} of ${sent}` : "";
      const title = `${formatDuration(minMs)} to ${formatDuration(maxMs)}, ${received} of ${sent} answered`;
      return [keyOf(from, to), { text: `${formatDuration(medianMs)}${lost}`, title, size: medianMs }];
    }),
  ),
});

const SUBJECT = /^(\S+) (<->|->) (\S+)(?: \(.*\))?$/;

/** What was measured of a pair: of several readings the worst. */
interface Worst {
  rttMs?: number;
  loss?: number;
  reached?: number;
}

const worse = (before: number | undefined, now: number, pick: (a: number, b: number) => number): number =>
  before === undefined ? now : pick(before, now);

const add = (pair: Worst, { quantity, measured: value, samples }: ReceiptCheck): void => {
  if (quantity === "rtt-ms" && samples > 0) pair.rttMs = worse(pair.rttMs, value, Math.max);
  if (quantity === "loss") pair.loss = worse(pair.loss, value, Math.max);
  if (quantity === "reachable" || quantity === "overlay-reachable")
    pair.reached = worse(pair.reached, value, Math.min);
};

const cellOf = ({ rttMs, loss = 0, reached = 1 }: Worst): MatrixCell => {
  const gone = loss >= 1 || reached <= 0;
  const parts = [
    gone ? "✗ none" : rttMs === undefined ? "✓ reached" : formatDuration(rttMs),
    !gone && loss > 0 ? `${formatShare(loss)} lost` : "",
    !gone && reached < 1 ? `${formatShare(reached)} of the time` : "",
  ];
  return {
    text: parts.filter((part) => part !== "").join(", "),
    bad: gone,
    ...(rttMs === undefined ? {} : { size: rttMs }),
  };
};

/** What a receipt measured between machines while its fault was in force; undefined where it measured no pair. */
const underFault = ({ fault, phase, during }: Receipt, names: ReadonlySet<string>): Moment | undefined => {
  const pairs = new Map<string, Worst>();
  for (const check of during) {
    const [, a, arrow, b] = SUBJECT.exec(check.subject) ?? [];
    if (a === undefined || b === undefined || !names.has(a) || !names.has(b)) continue;
    for (const key of arrow === "<->" ? [keyOf(a, b), keyOf(b, a)] : [keyOf(a, b)]) {
      const pair = pairs.get(key) ?? {};
      add(pair, check);
      if (Object.keys(pair).length > 0) pairs.set(key, pair);
    }
  }
  if (pairs.size === 0) return undefined;
  const cells = new Map([...pairs].map(([key, pair]) => [key, cellOf(pair)]));
  return { title: `While ${fault} was in force (${phase})`, cells };
};

const momentsOf = (run: RecordedRun): Moment[] => {
  const reached = run.events.flatMap((event) => (event.type === "reachability" ? [event.reachability] : []));
  const receipts = run.events.flatMap((event) => (event.type === "receipt" ? [event.receipt] : []));
  const names = new Set([...run.header.nodes.map(({ name }) => name), "tester"]);
  const under = receipts.flatMap((receipt) => underFault(receipt, names) ?? []);
  const at = (moment: Reachability["moment"]): Moment[] =>
    reached.filter((one) => one.moment === moment).map(measured);
  return [...at("start"), ...under, ...at("end")];
};

/** Matrices that are shown at once; the others are in a fold. */
const SHOWN = 2;

/** Who reached whom, and in what time: at the start, under each fault that was measured between machines, at the end. */
export const reachMatrices = (run: RecordedRun): Markup | undefined => {
  const moments = momentsOf(run);
  if (moments.length === 0) return undefined;
  const one = ({ title, cells }: Moment): Markup => {
    const names = [...new Set([...cells.keys()].flatMap((key) => key.split("\n")))].toSorted();
    return matrixTable(title, names, (from, to) => cells.get(keyOf(from, to)));
  };
  const folded = moments.slice(SHOWN);
  const rows = moments.flatMap(({ title, cells }) =>
    [...cells].map(([key, { text, size }]) => [title, ...key.split("\n"), size, text]),
  );
  return html`<div class="matrices">${moments.slice(0, SHOWN).map(one)}</div>
    ${
      folded.length > 0 &&
      html`<details>
        <summary>
          ${folded.length} more:
          ${folded
            .map(({ title }) => title)
            .join("; ")
            .slice(0, 120)}
        </summary>
        <div class="matrices">${folded.map(one)}</div>
      </details>`
    }
    ${dataOf(
      dataLink("reachability.csv", "text/csv", { columns: ["when", "from", "to", "rtt_ms", "text"], rows }),
    )}`;
};
