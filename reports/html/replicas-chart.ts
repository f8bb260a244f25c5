import { formatDuration } from "../../harness/judge/format.ts";
import { quantile, sorted } from "../../harness/judge/quantile.ts";
import type { ReplicaCount, Sample, ScaleOut } from "../../harness/record/model.ts";
import { chart, legend, row } from "./chart.ts";
import { dataLink, dataOf } from "./data-link.ts";
import { html, type Markup } from "./markup.ts";
import { type Box, countScale, linearScale, linePath, type Scale, xAxis, yAxis } from "./scale.ts";

const WIDTH = 1000;
const LEFT = 64;
const PLOT = WIDTH - LEFT - 12;
const PANEL = 110;
const GAP = 34;

const LINES: readonly { of: keyof Omit<ReplicaCount, "at">; name: string; line: string }[] = [
  // The last is on top: dashed, it leaves the others to be seen.
  { of: "actual", name: "actual", line: "s6 d2" },
  { of: "ready", name: "ready", line: "s2" },
  { of: "desired", name: "desired", line: "s3 d1" },
];

/** Requests that were due and not over at a moment: those being served, and those that wait for it. */
export const inFlight = (samples: readonly Sample[], at: number): number =>
  samples.filter(({ intendedAt, durationMs }) => intendedAt <= at && at < intendedAt + durationMs).length;

const p95Around = (samples: readonly Sample[], at: number): number =>
  quantile(
    sorted(
      samples
        .filter(
          ({ intendedAt, outcome }) => outcome === "completed" && intendedAt >= at && intendedAt < at + 1000,
        )
        .map(({ durationMs }) => durationMs),
    ),
    0.95,
  );

const panel = (
  title: string,
  box: Box,
  y: Scale,
  label: (value: number) => string,
  lines: (y: Scale) => Markup[],
): Markup =>
  html`<text class="axis" x="${LEFT}" y="${box.top - 6}">${title}</text> ${yAxis(y, box, label)} ${lines(y)}`;

/** Replicas, requests in flight and the p95 once a second since the load began, one below the other. */
export const replicasChart = (
  { phase, askedAt, replicas = [] }: ScaleOut,
  all: readonly Sample[],
): Markup => {
  const samples = all.filter((sample) => sample.phase === phase);
  const moments = replicas.map(({ at }) => at);
  const from = Math.min(0, ...moments.map((at) => (at - askedAt) / 1000));
  const to = Math.max(1, ...moments.map((at) => (at - askedAt) / 1000));
  const x = linearScale(from, to, LEFT, LEFT + PLOT, 10);
  const box = (index: number): Box => ({
    left: LEFT,
    top: 20 + index * (PANEL + GAP),
    width: PLOT,
    height: PANEL,
  });
  const path = (y: Scale, values: readonly number[]): string =>
    linePath(
      values.map((value, index) =>
        Number.isFinite(value) ? [x((moments[index]! - askedAt) / 1000), y(value)] : undefined,
      ),
    );
  const queue = moments.map((at) => inFlight(samples, at));
  const p95 = moments.map((at) => p95Around(samples, at));
  const bottom = box(2).top + PANEL;
  const content = html`
    ${xAxis(x, { left: LEFT, top: box(0).top, width: PLOT, height: bottom - box(0).top }, (value) => `${value} s`)}
    ${panel(
      "replicas",
      box(0),
      countScale(Math.max(...replicas.map(({ desired, actual }) => Math.max(desired, actual))), box(0), 4),
      String,
      (y) =>
        LINES.map(
          ({ of, line }) =>
            html`<path
              class="line ${line}"
              d="${path(
                y,
                replicas.map((count) => count[of]),
              )}"
            />`,
        ),
    )}
    ${panel(
      "requests in flight, those that wait included",
      box(1),
      countScale(Math.max(...queue), box(1), 4),
      String,
      (y) => [html`<path class="line s0" d="${path(y, queue)}" />`],
    )}
    ${panel(
      "p95 of the requests of each second",
      box(2),
      linearScale(0, Math.max(1, ...p95.filter(Number.isFinite)), box(2).top + PANEL, box(2).top, 4),
      formatDuration,
      (y) => [html`<path class="line s1" d="${path(y, p95)}" />`],
    )}
    ${row(
      replicas.map(({ at, desired, actual, ready }, index) => {
        const start = x((at - askedAt) / 1000);
        return html`<rect
          class="hover"
          x="${start - 5}"
          y="${box(0).top}"
          width="10"
          height="${bottom - box(0).top}"
        >
          <title>
            ${formatDuration(at - askedAt)}: ${desired} desired, ${actual} actual, ${ready} ready,
            ${queue[index]} in flight
          </title>
        </rect>`;
      }),
    )}
  `;
  return html`${legend(LINES.map(({ name, line }) => ({ name, className: line, shape: "line" })))}
  ${chart(`${phase}: replicas, requests in flight and latency over time`, WIDTH, bottom + 26, content)}
  ${dataOf(
    dataLink(`replicas-${phase}.csv`, "text/csv", {
      columns: ["from_s", "desired", "actual", "ready", "in_flight", "p95_ms"],
      rows: replicas.map(({ at, desired, actual, ready }, index) => [
        ...[(at - askedAt) / 1000, desired, actual, ready, queue[index], p95[index]],
      ]),
    }),
  )}`;
};
