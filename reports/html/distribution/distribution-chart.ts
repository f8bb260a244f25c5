import { curveStepAfter, line } from "d3-shape";

import { formatDuration } from "../../../harness/judge/format.ts";
import { quantile } from "../../../harness/judge/quantile.ts";
import { row, smallChart } from "../chart.ts";
import { html, type Markup } from "../markup.ts";
import { linearScale, logScale, xAxis, yAxis, type Box, type Scale } from "../scale.ts";
import type { Curve, Distribution } from "./curves.ts";

const WIDTH = 340;
const BOX: Box = { left: 46, top: 10, width: WIDTH - 46 - 24, height: 170 };
const BOTTOM = BOX.top + BOX.height;
const HEIGHT = BOTTOM + 24;
const BINS = 30;
/** A curve of more steps looks the same at this size. */
const MOST_STEPS = 150;
/** The linear axis ends here, lest a single slow request flattens all others. */
const LINEAR_END = 0.99;

export type AxisKind = "log" | "linear";
export type View = "ecdf" | "histogram";

/** Line classes of device classes: a dash for each colour. */
const LOOKS = ["s0", "s1 d1", "s2 d2", "s3 d3", "s4 d4", "s5 d5"];

/** Names of the curves with their lines, in the order in which they are drawn. */
export const looksOf = (distributions: readonly Distribution[]): Map<string, string> => {
  const classes = [
    ...new Set(distributions.flatMap(({ classes: own }) => own.map(({ name }) => name))),
  ].toSorted();
  const looks = new Map(classes.map((name, index) => [name, LOOKS[index % LOOKS.length]!]));
  looks.set("all", "s6 thick");
  if (distributions.some(({ baseline }) => baseline !== undefined)) looks.set("baseline", "s7 d2 thick");
  return looks;
};

const curvesOf = ({ all, classes, baseline }: Distribution): Curve[] =>
  baseline ? [baseline, all, ...classes] : [all, ...classes];

const steps = line<readonly [number, number]>().curve(curveStepAfter).digits(1);

/** Share of requests that had completed within a time. */
const ecdf = ({ durations, n }: Curve, x: Scale, y: Scale, end: number): string => {
  const stride = Math.max(1, Math.ceil(durations.length / MOST_STEPS));
  const points: [number, number][] = [[x(durations[0]!), y(0)]];
  for (let rank = stride - 1; rank < durations.length + stride - 1; rank += stride) {
    const index = Math.min(durations.length - 1, rank);
    const at = durations[index]!;
    if (at > end) break;
    points.push([x(at), y((index + 1) / n)]);
  }
  points.push([x(end), points.at(-1)![1]]);
  return steps(points) ?? "";
};

interface Bins {
  edges: number[];
  /** Shares, one less than edges. */
  shares: number[];
}

const binned = ({ durations, n }: Curve, edges: number[]): Bins => {
  const counts = new Array<number>(edges.length - 1).fill(0);
  let bin = 0;
  for (const duration of durations) {
    while (bin < counts.length - 1 && duration >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return { edges, shares: counts.map((count) => count / n) };
};

const edgesBetween = (low: number, high: number, kind: AxisKind): number[] =>
  Array.from({ length: BINS + 1 }, (_, index) =>
    kind === "log" ? low * (high / low) ** (index / BINS) : low + ((high - low) * index) / BINS,
  );

const outline = ({ edges, shares }: Bins, x: Scale, y: Scale): string =>
  steps([
    [x(edges[0]!), y(0)],
    ...shares.map((share, index): [number, number] => [x(edges[index]!), y(share)]),
    [x(edges.at(-1)!), y(0)],
  ]) ?? "";

const tooltip = ({ name, durations, n }: Curve): string => {
  const at = (q: number): string => formatDuration(quantile(durations, q));
  const count = durations.length === n ? `n ${n}` : `${durations.length} of ${n} completed`;
  return `${name}: p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)} of completed, ${count}`;
};

/** From the first to the last completed request of all of a function's phases. */
export const spanOf = (distributions: readonly Distribution[]): [number, number] => {
  const ends = distributions.flatMap(curvesOf).flatMap(({ durations }) => [durations[0]!, durations.at(-1)!]);
  return [Math.min(...ends), Math.max(...ends)];
};

const percent = (value: number): string => `${Number((value * 100).toFixed(1))} %`;

export interface DistributionOptions {
  kind: AxisKind;
  view: View;
  /** Of the logarithmic axis, which the phases of a function share. */
  span: readonly [number, number];
  looks: ReadonlyMap<string, string>;
  /** With the names of the curves below, where there is no legend beside it. @default false */
  named?: boolean;
}

const names = (curves: readonly Curve[], looks: ReadonlyMap<string, string>): Markup =>
  html`${curves.map(({ name, n }, index) => {
    const top = HEIGHT + 14 + index * 16;
    return html`<line
        class="line ${looks.get(name) ?? ""}"
        x1="${BOX.left}"
        x2="${BOX.left + 30}"
        y1="${top - 4}"
        y2="${top - 4}"
      />
      <text x="${BOX.left + 38}" y="${top}">${name} (n=${n})</text>`;
  })}`;

/** One phase on one of the axes, as an ECDF or as a histogram: the inside of an SVG. */
export const distributionDrawing = (
  distribution: Distribution,
  { kind, view, span, looks, named = false }: DistributionOptions,
): { width: number; height: number; content: Markup } => {
  const curves = curvesOf(distribution);
  const last = Math.max(...curves.map(({ durations }) => quantile(durations, LINEAR_END)));
  const [low, high] =
    kind === "log" ? [Math.max(span[0], 1e-3), Math.max(span[1], span[0] * 2, 2e-3)] : [0, last * 1.02];
  const [left, right] = [BOX.left, BOX.left + BOX.width];
  const x = kind === "log" ? logScale(low, high, left, right, 5) : linearScale(low, high, left, right, 5);
  const bins = curves.map((one) => binned(one, edgesBetween(low, high, kind)));
  const most = view === "ecdf" ? 1 : Math.max(...bins.flatMap(({ shares }) => shares));
  const y = linearScale(0, most, BOTTOM, BOX.top, 5);
  const content = html`${yAxis(y, BOX, percent)} ${xAxis(x, BOX, formatDuration)}
  ${row(
    curves.map(
      (one, index) =>
        html`<path
          class="line ${looks.get(one.name) ?? ""}"
          d="${view === "ecdf" ? ecdf(one, x, y, high) : outline(bins[index]!, x, y)}"
        >
          <title>${tooltip(one)}</title>
        </path>`,
    ),
  )}
  ${named && names(curves, looks)}`;
  return { width: WIDTH, height: HEIGHT + (named ? curves.length * 16 + 8 : 0), content };
};

export const distributionChart = (
  fn: string,
  distribution: Distribution,
  options: DistributionOptions,
): Markup => {
  const { kind, view } = options;
  const { width, height, content } = distributionDrawing(distribution, options);
  const what = view === "ecdf" ? "share completed within a time" : "histogram";
  const title = `${fn}, ${distribution.phase}: ${what}, ${kind === "log" ? "logarithmic" : "linear"} axis`;
  return smallChart(title, width, height, content);
};
