import type { Evidence } from "../../harness/judge/evidence.ts";
import { formatDuration } from "../../harness/judge/format.ts";
import { sorted } from "../../harness/judge/quantile.ts";
import { groupBy } from "../../harness/record/group-by.ts";
import type { Sample } from "../../harness/record/model.ts";
import { html, type Markup } from "./markup.ts";
import {
  chart,
  legend,
  linearScale,
  linePath,
  logScale,
  xAxis,
  yAxis,
  type Box,
  type Scale,
} from "./scale.ts";

const WIDTH = 1000;
const BOX: Box = { left: 64, top: 10, width: WIDTH - 64 - 20, height: 260 };
const COLOURS = 7;
const MOST_POINTS = 400;

interface Curve {
  phase: string;
  /** Completed ones only, ascending. */
  durations: Float64Array;
  /** All requests of the phase: the curve ends below 100 % where some did not complete. */
  n: number;
}

/** Steps, thinned to what the eye can tell apart; the last point is always there. */
const pathOf = ({ durations, n }: Curve, x: Scale, y: Scale): string => {
  const stride = Math.max(1, Math.floor(durations.length / MOST_POINTS));
  const points: [number, number][] = [];
  let share = 0;
  for (let rank = 0; rank < durations.length; rank += stride) {
    const index = Math.min(durations.length - 1, rank + stride - 1);
    const at = x(durations[index]!);
    points.push([at, y(share)]);
    share = (index + 1) / n;
    points.push([at, y(share)]);
  }
  return linePath(points);
};

const className = (index: number, prefix: "s" | "f"): string =>
  `${prefix}${index % COLOURS}${index >= COLOURS ? (prefix === "s" ? " dashed" : " striped") : ""}`;

const oneChart = (fn: string, curves: readonly Curve[]): Markup => {
  const ends = curves.flatMap(({ durations }) => [durations[0]!, durations.at(-1)!]);
  const x = logScale(Math.min(...ends), Math.max(...ends), BOX.left, BOX.left + BOX.width);
  const y = linearScale(0, 1, BOX.top + BOX.height, BOX.top, 5);
  const content = html`${yAxis(y, BOX, (value) => `${Math.round(value * 100)} %`)}
  ${xAxis(x, BOX, formatDuration)}
  ${curves.map(
    (curve, index) =>
      html`<path class="line ${className(index, "s")}" d="${pathOf(curve, x, y)}">
        <title>${curve.phase}: ${curve.durations.length} of ${curve.n} completed</title>
      </path>`,
  )}`;
  return html`<h3>${fn}</h3>
    ${legend(
      curves.map(({ phase, n }, index) => ({ name: `${phase} (n=${n})`, className: className(index, "f") })),
    )}
    ${chart(`Share of requests to ${fn} that completed within a time`, WIDTH, BOX.height + 36, content)}`;
};

const labelOf = (phase: string, model?: "closed"): string =>
  model === undefined ? phase : `${phase}, closed model`;

/** For each function, the empirical distribution of response times in each phase, on a logarithmic axis. */
export const ecdfCharts = (evidence: Evidence, samples: readonly Sample[]): Markup => {
  const functions = [...groupBy(samples, ({ fn }) => fn)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const charts = functions.map(([fn, own]) => {
    // A closed load and an open one of the same phase are two curves: what lies between them is what the closed one left out.
    const byPhase = groupBy(own, ({ phase, model }) => labelOf(phase, model));
    const labels = evidence.phases.flatMap(({ name }) => [labelOf(name), labelOf(name, "closed")]);
    const curves = labels.flatMap((label): Curve[] => {
      const all = byPhase.get(label) ?? [];
      const completed = all.filter(({ outcome }) => outcome === "completed");
      if (completed.length === 0) return [];
      return [
        { phase: label, durations: sorted(completed.map(({ durationMs }) => durationMs)), n: all.length },
      ];
    });
    return curves.length === 0 ? undefined : oneChart(fn, curves);
  });
  return html`${charts}`;
};
