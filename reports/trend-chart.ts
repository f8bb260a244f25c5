import { formatValue } from "../harness/judge/format.ts";
import type { Trend, TrendRow } from "../harness/trend/model.ts";
import { row as walked, smallChart } from "./html/chart.ts";
import { html, type Markup } from "./html/markup.ts";
import { linearScale, linePath, xAxis, yAxis, type Box } from "./html/scale.ts";
import { changeText, endText, TREND_STYLE } from "./trend-rows.ts";

const WIDTH = 340;
const HEIGHT = 170;
const BOX: Box = { left: 62, top: 12, width: WIDTH - 62 - 12, height: HEIGHT - 12 - 26 };
const BOTTOM = BOX.top + BOX.height;

/** An interval may reach so many times as far as the values do; its rest is cut off, lest it flattens the series. */
const REACH = 1;

/** `p95 hello-world pi4, typ`. */
const rowTitle = ({ quantity, scope }: TrendRow): string =>
  `${[quantity, scope.function, scope.deviceClass].filter((text) => text !== "").join(" ")}, ${scope.phase}${
    scope.profile === scope.phase ? "" : ` (${scope.profile})`
  }`;

/** The finite span of the values and of as much of their intervals as is drawn. */
function spanOf({ points }: TrendRow): { low: number; high: number } {
  const values = points.map(({ value }) => value).filter(Number.isFinite);
  if (values.length === 0) return { low: 0, high: 1 };
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const reach = (most - least || most * 0.1 || 0.01) * REACH;
  const ends = points.flatMap(({ interval }) => (interval ? [interval.low, interval.high] : []));
  const drawn = [...values, ...ends.filter(Number.isFinite)].map((value) =>
    Math.min(Math.max(value, least - reach), most + reach),
  );
  const [low, high] = [Math.min(...drawn), Math.max(...drawn)];
  const margin = (high - low || high * 0.1 || 0.01) * 0.06;
  return { low: Math.max(0, low - margin), high: high + margin };
}

/** One small chart of a series: value against the number of the run, with each run's interval. */
export function trendChart(row: TrendRow, { groups }: Trend): Markup {
  const { points, unit, verdict } = row;
  const runs = groups.find(({ number }) => number === row.group)!.runs;
  const { low, high } = spanOf(row);
  const x = linearScale(0.5, runs.length + 0.5, BOX.left, BOX.left + BOX.width, 6);
  const y = linearScale(low, high, BOTTOM, BOX.top, 4);
  x.ticks = x.ticks.filter((tick) => Number.isInteger(tick) && tick >= 1 && tick <= runs.length);
  const inside = (value: number): number => y(Math.min(Math.max(value, low), high));
  const line = points.map(({ run, value }): [number, number] | undefined =>
    Number.isFinite(value) ? [x(run), y(value)] : undefined,
  );
  const title = `${rowTitle(row)}: ${verdict}, ${endText(row, 0)} to ${endText(row, -1)}, change ${changeText(row)}`;
  const { sign, className } = TREND_STYLE[verdict];
  return html`<figure class="small">
    <figcaption><b class="${className}">${sign} ${verdict}</b> ${rowTitle(row)}</figcaption>
    ${smallChart(
      title,
      WIDTH,
      HEIGHT,
      html`${yAxis(y, BOX, (value) => formatValue(value, unit))} ${xAxis(x, BOX, String)}
        <path class="line s0" d="${linePath(line)}" />
        ${walked(
          points.map(({ run, value, interval, n }) => {
            const never = !Number.isFinite(value);
            const bar =
              interval &&
              html`<line
                class="line s5"
                x1="${x(run)}"
                x2="${x(run)}"
                y1="${inside(interval.low)}"
                y2="${inside(interval.high)}"
              />`;
            const mark = never
              ? html`<text x="${x(run)}" y="${BOX.top + 10}" text-anchor="middle">×</text>`
              : html`<circle class="f0" cx="${x(run)}" cy="${y(value)}" r="3.5" />`;
            return html`<g>
              <title>run ${run}, ${runs[run - 1]!.id}: ${formatValue(value, unit)}, n ${n}</title>
              ${bar} ${mark}
            </g>`;
          }),
        )}`,
    )}
    <p class="soft">${changeText(row)}</p>
  </figure>`;
}
