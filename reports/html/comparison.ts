import { symbol, symbolCircle, symbolTriangle, type SymbolType } from "d3-shape";

import {
  changeCounts,
  comparisonJson,
  type Change,
  type Comparison,
  type RunComparison,
} from "../../harness/compare/comparison.ts";
import { formatShare } from "../../harness/judge/format.ts";
import { CHANGE_STYLE, COMPARISON_HEAD, comparisonRow } from "../comparison-rows.ts";
import { signedChange } from "../signed-change.ts";
import { chart, legend, row } from "./chart.ts";
import { dataLink, dataOf } from "./data-link.ts";
import { html, trusted, type Markup } from "./markup.ts";
import { linearScale, xAxis, type Box } from "./scale.ts";
import { table } from "./tables.ts";

const WIDTH = 1000;
const LEFT = 330;
const ROW = 20;
/** Changes beyond are drawn at the edge, with an arrow in their text. */
const REACH = 1;
const MOST_ROWS = 40;

/** Shape and colour of each verdict. */
const MARK: Record<Change, { type: SymbolType; className: string; turned: number }> = {
  worse: { type: symbolTriangle, className: "f1", turned: 0 },
  better: { type: symbolTriangle, className: "f2", turned: 180 },
  same: { type: symbolCircle, className: "f6", turned: 0 },
  inconclusive: { type: symbolCircle, className: "hollow", turned: 0 },
};

const nameOf = ({ quantity, scope }: Comparison): string =>
  [quantity, scope.function, scope.deviceClass, scope.phase].filter((part) => part !== "").join(", ");

const drawable = (one: Comparison): boolean => one.change !== undefined && Number.isFinite(one.change);

/** Change of each quantity with its interval, worst first; within the band it does not matter. */
const changesChart = ({ comparisons, effect }: RunComparison): Markup | undefined => {
  const shown = comparisons.filter(drawable).slice(0, MOST_ROWS);
  if (shown.length === 0) return undefined;
  const ends = shown.flatMap(({ change, interval }) =>
    [change!, interval?.low ?? 0, interval?.high ?? 0].filter(Number.isFinite).map(Math.abs),
  );
  const reach = Math.min(REACH, Math.max(effect * 2, ...ends)) * 1.05;
  const box: Box = { left: LEFT, top: 0, width: WIDTH - LEFT - 20, height: shown.length * ROW };
  const x = linearScale(-reach, reach, box.left, box.left + box.width, 8);
  const inside = (value: number): number => x(Math.min(reach, Math.max(-reach, value)));
  const content = html`<rect
      class="band-b"
      x="${x(-effect)}"
      y="0"
      width="${x(effect) - x(-effect)}"
      height="${box.height}"
    />
    ${xAxis(x, box, (value) => signedChange(value, "ms"))}
    <line class="mark" x1="${x(0)}" x2="${x(0)}" y1="0" y2="${box.height}" />
    ${shown.map((one, index) => {
      const y = index * ROW + ROW / 2;
      const { type, className, turned } = MARK[one.verdict];
      const { interval } = one;
      return row(
        html`<g>
          <title>
            ${comparisonRow(one)
              .filter((text) => text !== "")
              .join(", ")}
          </title>
          <rect class="hover" x="0" y="${y - ROW / 2}" width="${WIDTH}" height="${ROW}" />
          <text x="${LEFT - 10}" y="${y + 4}" text-anchor="end"> ${nameOf(one).slice(0, 50)} </text>
          ${
            interval &&
            html`<line
              class="line s6"
              x1="${inside(interval.low)}"
              x2="${inside(interval.high)}"
              y1="${y}"
              y2="${y}"
            />`
          }
          <path
            class="${className}"
            transform="translate(${inside(one.change!)} ${y}) rotate(${turned})"
            d="${trusted(symbol(type, 64)() ?? "")}"
          />
        </g>`,
      );
    })}`;
  return html`${legend([
    { name: "▲ worse", className: "f1" },
    { name: "▼ better", className: "f2" },
    { name: "● the same", className: "f6" },
    { name: "○ inconclusive", className: "hollow" },
    { name: `less than ${formatShare(effect)}: does not matter`, className: "band-b" },
  ])}
  ${chart("Change of each quantity from the baseline, with its interval", WIDTH, box.height + 26, content)}
  ${
    shown.length < comparisons.length &&
    html`<p class="soft">${comparisons.length - shown.length} of them are in the table only.</p>`
  }`;
};

const list = (items: readonly string[]): Markup =>
  html`<ul>
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`;

/** What became of each quantity since the baseline's run. */
export const comparisonSection = (compared: RunComparison): Markup => {
  const { differs, unmatched, broken, comparisons } = compared;
  return html`<p><b>${changeCounts(comparisons)}</b>, against ${compared.base}</p>
    ${broken.length > 0 && html`<p class="broken">Cannot be compared:</p>`}
    ${broken.length > 0 && list(broken)} ${differs.length > 0 && html`<p>Not only the code differs:</p>`}
    ${differs.length > 0 && list(differs)} ${unmatched.length > 0 && list(unmatched)}
    ${changesChart(compared)}
    ${
      comparisons.length > 0 &&
      table(
        COMPARISON_HEAD,
        comparisons.map((one) => ({
          reason: one.reason,
          cells: comparisonRow(one).map((content, column) => ({
            content,
            className:
              column === 0 ? `verdict ${CHANGE_STYLE[one.verdict].className}` : column > 5 ? "number" : "",
          })),
        })),
        { name: "comparison with the baseline" },
      )
    }
    ${dataOf(dataLink("comparison.json", "application/json", comparisonJson(compared)))}`;
};
