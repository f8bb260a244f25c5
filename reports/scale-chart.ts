import type { ScaleRun } from "../harness/scale/model.ts";
import { COSTS, type CostName, costOf, type ScaleOutcome } from "../harness/scale/outcome.ts";
import { SLOS } from "../harness/scale/slo.ts";
import { formatDuration } from "../harness/judge/format.ts";
import { chart, legend } from "./html/chart.ts";
import { html, type Markup } from "./html/markup.ts";
import { linearScale, linePath, logScale, xAxis, yAxis, type Box, type Scale } from "./html/scale.ts";
import { amountText } from "./scale-texts.ts";

const WIDTH = 1000;
const BOX: Box = { left: 96, top: 12, width: WIDTH - 96 - 24, height: 240 };
const BOTTOM = BOX.top + BOX.height;
const HEIGHT = BOTTOM + 40;

const nodesAxis = (x: Scale): Markup =>
  html`${xAxis(x, BOX, String)}
    <text class="axis" x="${BOX.left + BOX.width / 2}" y="${BOTTOM + 34}" text-anchor="middle">
      simulated nodes
    </text>`;

const nodesScale = (run: ScaleRun): Scale =>
  linearScale(0, Math.max(...run.steps.map(({ nodes }) => nodes)), BOX.left, BOX.left + BOX.width, 10);

/** A cost at each size, with its line and the band in which the line lies. */
export function costChart(run: ScaleRun, outcome: ScaleOutcome, name: CostName): Markup {
  const { title, unit } = COSTS[name];
  const points = run.steps.map((step) => [step.nodes, costOf(step, run.server, name)] as const);
  const x = nodesScale(run);
  const most = Math.max(...points.map(([, value]) => value), 1e-9);
  const y = linearScale(0, most * 1.15, BOTTOM, BOX.top, 5);
  const line = outcome.costs[name];
  const end = Math.max(...points.map(([nodes]) => nodes));
  const drawn = (fit: { slope: number; intercept: number }, className: string): Markup | false =>
    Number.isFinite(fit.slope) &&
    html`<path
      class="${className}"
      d="${linePath([
        [x(0), y(Math.max(0, fit.intercept))],
        [x(end), y(Math.max(0, fit.intercept + fit.slope * end))],
      ])}"
    />`;
  const content = html`${yAxis(y, BOX, (value) => amountText(value, unit))} ${nodesAxis(x)}
  ${
    line && [
      drawn({ slope: line.slope.slope, intercept: line.intercept }, "line s2 dashed"),
      drawn(line.flattest, "line s6 dashed"),
      drawn(line.steepest, "line s6 dashed"),
    ]
  }
  ${points.map(
    ([nodes, value]) =>
      html`<g>
        <title>${nodes} nodes: ${amountText(value, unit)}</title>
        <circle class="f0" cx="${x(nodes)}" cy="${y(value)}" r="5" />
      </g>`,
  )}`;
  return html`${legend([
    { name: "measured", className: "f0" },
    { name: "Theil and Sen's line", className: "f2 striped" },
    { name: "ends of its slope's 95 % interval", className: "f6 striped" },
  ])}
  ${chart(`${title} against nodes`, WIDTH, HEIGHT, content)}`;
}

/** The 99th percentile of pods' start at each size, in the window and while growing. */
export function podStartChart(run: ScaleRun): Markup {
  const x = nodesScale(run);
  const limit = SLOS["pod-startup"].limitMs;
  const values = run.steps.flatMap(({ podStart, growthPodStart }) =>
    [podStart, growthPodStart].flatMap(({ value, high }) => [value, high]).filter((value) => value !== null),
  );
  const y = logScale(Math.min(...values, limit), Math.max(...values, limit), BOTTOM, BOX.top);
  const marks = (of: "podStart" | "growthPodStart", series: number): Markup[] =>
    run.steps.map((step) => {
      const { value, low, high } = step[of];
      const at = x(step.nodes) + series * 6;
      return html`<g>
        <title>${step.nodes} nodes: ${value === null ? "none" : formatDuration(value)}</title>
        ${
          low !== null &&
          html`<line
            class="line s${series}"
            x1="${at}"
            x2="${at}"
            y1="${y(low)}"
            y2="${high === null ? BOX.top : y(high)}"
          />`
        }
        ${value !== null && html`<circle class="f${series}" cx="${at}" cy="${y(value)}" r="5" />`}
      </g>`;
    });
  const content = html`${yAxis(y, BOX, formatDuration)} ${nodesAxis(x)}
    <line class="mark" x1="${BOX.left}" x2="${BOX.left + BOX.width}" y1="${y(limit)}" y2="${y(limit)}" />
    ${marks("podStart", 0)} ${marks("growthPodStart", 1)}`;
  return html`${legend([
    { name: "one pod after the other (the SLI), with its 95 % interval", className: "f0" },
    { name: "all steady pods at once, while it grew", className: "f1" },
  ])}
  ${chart("Pod start, 99th percentile, against nodes", WIDTH, HEIGHT, content)}`;
}
