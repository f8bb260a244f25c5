import { formatValue } from "../harness/judge/format.ts";
import { axisText } from "../harness/sweep/axis.ts";
import type { RecordedSweep, RecordedTrial, TrialValue } from "../harness/sweep/model.ts";
import { shareText, type SweepResult } from "../harness/sweep/result.ts";
import { logisticShare } from "../harness/statistics/logistic.ts";
import { html, type Markup } from "./html/markup.ts";
import { chart, legend, row } from "./html/chart.ts";
import { linearScale, linePath, xAxis, yAxis, type Box, type Scale } from "./html/scale.ts";

const WIDTH = 1000;
const BOX: Box = { left: 64, top: 12, width: WIDTH - 64 - 24, height: 260 };
const BOTTOM = BOX.top + BOX.height;
/** Room below for the ticks and the axis' name. */
const HEIGHT = BOTTOM + 40;
const CURVE_POINTS = 200;

const xScale = ({ axis }: SweepResult): Scale =>
  linearScale(axis.low, axis.high, BOX.left, BOX.left + BOX.width, 10);

const frame = (result: SweepResult, x: Scale): Markup =>
  html`${xAxis(x, BOX, (value) => axisText(result.axis, value))}
    <text class="axis" x="${BOX.left + BOX.width / 2}" y="${BOTTOM + 34}" text-anchor="middle">
      ${result.axis.what}
    </text>`;

/** The interval that the edge lies in, and its point estimate. */
const edgeMarks = ({ edge }: SweepResult, x: Scale): Markup | undefined =>
  edge &&
  html`<rect
      class="fault"
      x="${x(edge.low)}"
      y="${BOX.top}"
      width="${Math.max(1, x(edge.high) - x(edge.low))}"
      height="${BOX.height}"
    />
    <line class="mark" x1="${x(edge.estimate)}" x2="${x(edge.estimate)}" y1="${BOX.top}" y2="${BOTTOM}" />`;

const curve = ({ axis, fit }: SweepResult, x: Scale, y: Scale): Markup | undefined => {
  if (!fit) return undefined;
  const points = Array.from({ length: CURVE_POINTS + 1 }, (_, index): [number, number] => {
    const at = axis.low + ((axis.high - axis.low) * index) / CURVE_POINTS;
    return [x(at), y(logisticShare(fit, at))];
  });
  return html`<path class="line s2 d1" d="${linePath(points)}" />`;
};

/** Share of successes against the varied value, with the exact interval of each point. */
export function shareChart(result: SweepResult): Markup {
  const x = xScale(result);
  const y = linearScale(0, 1, BOTTOM, BOX.top, 5);
  const points = result.points.filter(({ trials }) => trials > 0);
  const content = html`${yAxis(y, BOX, (value) => `${Math.round(value * 100)} %`)} ${frame(result, x)}
  ${edgeMarks(result, x)} ${curve(result, x, y)}
  ${row(
    points.map((point) => {
      const { interval, successes, trials } = point;
      const at = x(point.x);
      return html`<g>
        <title>${axisText(result.axis, point.x)}: ${shareText(point)}, ${successes} of ${trials}</title>
        <line class="line s0" x1="${at}" x2="${at}" y1="${y(interval.low)}" y2="${y(interval.high)}" />
        <circle class="f0" cx="${at}" cy="${y(successes / trials)}" r="5" />
      </g>`;
    }),
  )}`;
  return html`${legend([
    { name: "share of successes, with its exact 95 % interval", className: "f0" },
    { name: "logistic fit", className: "s2 d1", shape: "line" },
    { name: "where the edge lies", className: "fault" },
  ])}
  ${chart(`Share of successes against ${result.axis.what}`, WIDTH, HEIGHT, content)}`;
}

const cross = (at: number, top: number): string =>
  linePath([
    [at - 5, top - 5],
    [at + 5, top + 5],
  ]) +
  linePath([
    [at - 5, top + 5],
    [at + 5, top - 5],
  ]);

/** Where a trial's mark is: side by side where several were made at one value. */
const spread = (trials: readonly RecordedTrial[], x: Scale): { trial: RecordedTrial; at: number }[] => {
  const seen = new Map<number, number>();
  return trials.map((trial) => {
    const before = seen.get(trial.x) ?? 0;
    seen.set(trial.x, before + 1);
    const side = before % 2 === 0 ? 1 : -1;
    return { trial, at: x(trial.x) + side * Math.ceil(before / 2) * 1.5 };
  });
};

/** What trials measured against the varied value; failures on top, as many have no figure. Undefined without a figure. */
export function valueChart(
  { trials }: RecordedSweep,
  result: SweepResult,
  value: TrialValue,
): Markup | undefined {
  const counted = trials.filter(({ excluded }) => excluded === undefined);
  const figures = counted.flatMap(({ value: figure }) => (figure === undefined ? [] : [figure]));
  if (figures.length === 0) return undefined;
  const x = xScale(result);
  const y = linearScale(0, Math.max(...figures) * 1.05, BOTTOM, BOX.top + 24, 5);
  const content = html`${yAxis(y, BOX, (figure) => formatValue(figure, value.unit))} ${frame(result, x)}
  ${edgeMarks(result, x)}
  ${row(
    spread(counted, x).map(({ trial, at }) => {
      const figure = trial.value;
      const said = figure === undefined ? "no figure" : formatValue(figure, value.unit);
      const mark =
        trial.ok && figure !== undefined
          ? html`<circle class="f0" cx="${at}" cy="${y(figure)}" r="4" />`
          : html`<path class="line ${trial.ok ? "s0" : "s1"}" d="${cross(at, BOX.top + 8)}" />`;
      return html`<g>
        <title>${axisText(result.axis, trial.x)}, ${trial.ok ? "success" : "failure"}: ${said}</title>
        ${mark}
      </g>`;
    }),
  )}`;
  return html`${legend([
    { name: "success", className: "f0" },
    { name: "failure (cross, on top)", className: "f1" },
    { name: "where the edge lies", className: "fault" },
  ])}
  ${chart(`${value.title} against ${result.axis.what}`, WIDTH, HEIGHT, content)}`;
}
