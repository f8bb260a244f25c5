import type { Evidence } from "../../harness/judge/evidence.ts";
import { formatDuration } from "../../harness/judge/format.ts";
import type { NodeFailure, Sample } from "../../harness/record/model.ts";
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
import { bySecond, type Second } from "./seconds.ts";

const WIDTH = 1000;
const LEFT = 64;
const PLOT = WIDTH - LEFT - 12;
const PHASES_HEIGHT = 24;
const FAULT_HEIGHT = 17;

interface Span {
  name: string;
  from: number;
  to: number;
}

/** Names that do not fit are cut; the whole is in the tooltip. */
const fitted = (text: string, width: number): string => {
  const characters = Math.floor(width / 7);
  if (text.length <= characters) return text;
  return characters < 3 ? "" : `${text.slice(0, characters - 1)}…`;
};

const bar = ({ name, from, to }: Span, x: Scale, top: number, height: number, className: string): Markup => {
  const width = Math.max(1, x(to) - x(from));
  return html`<g>
    <title>${name}: ${formatDuration(to - from)}</title>
    <rect class="${className}" x="${x(from)}" y="${top}" width="${width}" height="${height}" />
    <text x="${x(from) + 4}" y="${top + height / 2 + 4}">${fitted(name, width - 6)}</text>
  </g>`;
};

const marksOf = (failure: NodeFailure): { at: number; name: string }[] =>
  [
    { at: failure.killedAt, name: `${failure.node} killed` },
    { at: failure.notReadyAt, name: "NotReady" },
    { at: failure.replacementReadyAt, name: "replaced" },
    { at: failure.restartedAt, name: "restarted" },
    { at: failure.nodeReadyAgainAt, name: "Ready again" },
  ].filter((mark): mark is { at: number; name: string } => mark.at !== undefined);

const latencyPanel = (seconds: readonly Second[], x: Scale, from: number, box: Box): Markup => {
  const values = seconds.flatMap(({ p50, p95 }) => [p50, p95]).filter((value) => Number.isFinite(value));
  const y = logScale(Math.min(...values, 1000), Math.max(...values, 1), box.top + box.height, box.top);
  const path = (of: (second: Second) => number): string => {
    const points: ([number, number] | undefined)[] = [];
    let last = -1;
    for (const second of seconds) {
      if (second.second > last + 1) points.push(undefined);
      last = second.second;
      const value = of(second);
      points.push(Number.isNaN(value) ? undefined : [x(from + second.second * 1000 + 500), y(value)]);
    }
    return linePath(points);
  };
  return html`${yAxis(y, box, formatDuration)}
    <path class="line s0" d="${path(({ p50 }) => p50)}" />
    <path class="line s3 dashed" d="${path(({ p95 }) => p95)}" />`;
};

const errorPanel = (seconds: readonly Second[], x: Scale, from: number, box: Box): Markup => {
  const most = Math.max(1, ...seconds.map(({ failed, timedOut }) => failed + timedOut));
  const y = linearScale(0, most, box.top + box.height, box.top, 2);
  const column = (second: Second, base: number, count: number, className: string): Markup | undefined => {
    if (count === 0) return undefined;
    const start = x(from + second.second * 1000);
    const width = Math.max(1, x(from + second.second * 1000 + 1000) - start - 0.3);
    const top = y(base + count);
    return html`<rect
      class="${className}"
      x="${start}"
      y="${top}"
      width="${width}"
      height="${y(base) - top}"
    />`;
  };
  return html`${yAxis(y, box, (value) => (Number.isInteger(value) ? String(value) : ""))}
  ${seconds.map((second) => [
    column(second, 0, second.failed, "f1"),
    column(second, second.failed, second.timedOut, "f4"),
  ])}`;
};

const hovers = (seconds: readonly Second[], x: Scale, from: number, top: number, height: number): Markup =>
  html`${seconds.map((second) => {
    const start = x(from + second.second * 1000);
    const width = Math.max(0.5, x(from + second.second * 1000 + 1000) - start);
    const { p50, p95, completed, failed, timedOut } = second;
    const latency = completed === 0 ? "" : `p50 ${formatDuration(p50)}, p95 ${formatDuration(p95)}, `;
    return html`<rect class="hover" x="${start}" y="${top}" width="${width}" height="${height}">
      <title>
        ${second.second} s: ${latency}${completed} completed, ${failed} failed, ${timedOut} timed out
      </title>
    </rect>`;
  })}`;

/** Phases, faults, latency and errors on one time axis. */
export const timelineChart = (evidence: Evidence, samples: readonly Sample[]): Markup => {
  const { phases, receipts, nodeFailures } = evidence;
  if (phases.length === 0) return html`<p class="soft">No phase was recorded.</p>`;
  const from = Math.min(...phases.map(({ startedAt }) => startedAt));
  const to = Math.max(from + 1000, ...phases.map(({ endedAt }) => endedAt));
  const x = linearScale(from, to, LEFT, LEFT + PLOT);
  // Ticks are seconds since the start, not round epochs.
  const seconds = linearScale(0, (to - from) / 1000, LEFT, LEFT + PLOT, 10);
  const faults = receipts.map(({ fault, injectedAt, healedAt }) => ({
    name: fault,
    from: Math.max(from, injectedAt),
    to: Math.min(to, healedAt),
  }));
  const faultsTop = PHASES_HEIGHT + 6;
  const top = faultsTop + faults.length * FAULT_HEIGHT + 20;
  const latency: Box = { left: LEFT, top, width: PLOT, height: 190 };
  const errors: Box = { left: LEFT, top: top + 190 + 34, width: PLOT, height: 64 };
  const bottom = errors.top + errors.height;
  // A closed load has no schedule whose seconds could be drawn.
  const scheduled = samples.filter(({ model }) => model !== "closed");
  const perSecond = bySecond(scheduled, from);
  const marks = nodeFailures.flatMap(marksOf);
  const content = html`
    ${phases.map(
      (phase, index) =>
        html`<rect
          class="${index % 2 ? "band-b" : "band-a"}"
          x="${x(phase.startedAt)}"
          y="0"
          width="${Math.max(1, x(phase.endedAt) - x(phase.startedAt))}"
          height="${bottom}"
        />`,
    )}
    ${phases.map((phase) =>
      bar(
        { name: `${phase.name} (${phase.profile})`, from: phase.startedAt, to: phase.endedAt },
        x,
        0,
        PHASES_HEIGHT,
        "hover",
      ),
    )}
    ${faults.map((span, index) => bar(span, x, faultsTop + index * FAULT_HEIGHT, FAULT_HEIGHT - 2, "fault"))}
    <text class="axis" x="${LEFT}" y="${latency.top - 6}">latency of completed requests, log scale</text>
    ${latencyPanel(perSecond, x, from, latency)}
    <text class="axis" x="${LEFT}" y="${errors.top - 6}">requests a second that did not complete</text>
    ${errorPanel(perSecond, x, from, errors)}
    ${xAxis(seconds, { ...errors, top: latency.top, height: bottom - latency.top }, (value) => `${value} s`)}
    ${hovers(perSecond, x, from, latency.top, bottom - latency.top)}
    ${marks.map(
      ({ at, name }, index) =>
        html`<line class="mark" x1="${x(at)}" x2="${x(at)}" y1="${latency.top}" y2="${bottom}" />
          <text
            x="${x(at) > WIDTH - 120 ? x(at) - 4 : x(at) + 4}"
            y="${latency.top + 12 + (index % 5) * 14}"
            text-anchor="${x(at) > WIDTH - 120 ? "end" : "start"}"
          >
            ${name}
          </text>`,
    )}
  `;
  return html`${legend([
    { name: "p50", className: "f0" },
    { name: "p95", className: "f3 striped" },
    { name: "failed", className: "f1" },
    { name: "timed out", className: "f4" },
    { name: "fault in force, by its receipt", className: "fault" },
  ])}
  ${chart("Phases, faults, latency and errors over time", WIDTH, bottom + 26, content)}`;
};
