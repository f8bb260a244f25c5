import type { Evidence } from "../../../harness/judge/evidence.ts";
import { formatDuration } from "../../../harness/judge/format.ts";
import type { NodeFailure, Receipt, Sample } from "../../../harness/record/model.ts";
import { chart, legend, row, type LegendEntry } from "../chart.ts";
import { dataLink, dataOf } from "../data-link.ts";
import { html, type Markup } from "../markup.ts";
import { xAxis, type Box } from "../scale.ts";
import { bucketsOf, bucketWidth, type Bucket } from "./buckets.ts";
import { faultSpans, phaseBands, phaseNames, PHASES_HEIGHT, receiptLanes } from "./lanes.ts";
import { errorPanel, latencyPanel, loadPanel, replicaPanel, type Panels } from "./panels.ts";
import { replicasAt, replicaSteps, type ReplicaSteps } from "./replica-steps.ts";
import { clockText, timeAxis, type TimeAxis } from "./time-axis.ts";

const WIDTH = 1000;
const LEFT = 64;
const PLOT = WIDTH - LEFT - 24;
const GAP = 30;
const HEIGHTS = { load: 80, latency: 190, errors: 56, replicas: 72 };

const marksOf = (failure: NodeFailure): { at: number; name: string }[] =>
  [
    { at: failure.killedAt, name: `${failure.node} killed` },
    { at: failure.notReadyAt, name: "NotReady" },
    { at: failure.replacementReadyAt, name: "replaced" },
    { at: failure.restartedAt, name: "restarted" },
    { at: failure.nodeReadyAgainAt, name: "Ready again" },
  ].filter((mark): mark is { at: number; name: string } => mark.at !== undefined);

const marksIn = (failures: readonly NodeFailure[], { x }: TimeAxis, top: number, bottom: number): Markup =>
  html`${failures.flatMap(marksOf).map(({ at, name }, index) => {
    const late = x(at) > WIDTH - 120;
    return html`<line class="mark" x1="${x(at)}" x2="${x(at)}" y1="${top}" y2="${bottom}" />
      <text
        class="halo"
        x="${x(at) + (late ? -4 : 4)}"
        y="${top + 12 + (index % 5) * 14}"
        text-anchor="${late ? "end" : "start"}"
      >
        ${name}
      </text>`;
  })}`;

const rate = (value: number): string => `${Number(value.toFixed(1))}/s`;

/** Everything that is known about one stretch of time, for the tooltip and for who cannot see the chart. */
const told = (
  bucket: Bucket,
  from: number,
  width: number,
  replicas: readonly ReplicaSteps[],
  receipts: readonly Receipt[],
): string => {
  const [start, end] = [from + bucket.at, from + bucket.at + width];
  const { p50, p95, p99, completed, failed, timedOut, offeredRate, achievedRate } = bucket;
  const step = replicasAt(replicas, start + width / 2);
  const faults = receipts.filter(({ injectedAt, healedAt }) => injectedAt < end && healedAt > start);
  return [
    `${clockText(bucket.at / 1000)}: ${rate(offeredRate)} offered, ${rate(achievedRate)} completed`,
    completed === 0
      ? ""
      : `p50 ${formatDuration(p50)}, p95 ${formatDuration(p95)}, p99 ${formatDuration(p99)} of ${completed}`,
    failed + timedOut === 0 ? "" : `${failed} failed, ${timedOut} timed out`,
    step === undefined ? "" : `${step.ready} of ${step.desired} replicas ready`,
    faults.length === 0 ? "" : `in force: ${faults.map(({ fault }) => fault).join(", ")}`,
  ]
    .filter((part) => part !== "")
    .join("; ");
};

const LEGEND: LegendEntry[] = [
  { name: "offered", className: "s4 d1", shape: "line" },
  { name: "completed", className: "s0", shape: "line" },
  { name: "p50", className: "s0", shape: "line" },
  { name: "p95", className: "s2 d1", shape: "line" },
  { name: "p99", className: "s3 d2", shape: "line" },
  { name: "failed", className: "f1" },
  { name: "timed out", className: "f4", hatch: "h1" },
];

const COLUMNS = [
  ...["from_s", "offered_per_s", "completed_per_s", "p50_ms", "p95_ms", "p99_ms"],
  ...["completed", "failed", "timed_out", "replicas_desired", "replicas_ready"],
];

interface Timeline {
  axis: TimeAxis;
  width: number;
  buckets: Bucket[];
  replicas: ReplicaSteps[];
}

const timelineOf = (evidence: Evidence, samples: readonly Sample[]): Timeline | undefined => {
  const { phases, accounts, scaleOuts } = evidence;
  if (phases.length === 0) return undefined;
  const from = Math.min(...phases.map(({ startedAt }) => startedAt));
  const to = Math.max(from + 1000, ...phases.map(({ endedAt }) => endedAt));
  const width = bucketWidth(to - from);
  // A closed load has no schedule whose seconds could be drawn.
  const open = samples.filter(({ model }) => model !== "closed");
  const buckets = bucketsOf(
    open,
    accounts.filter(({ model }) => model !== "closed"),
    { from, width },
  ).filter(({ at }) => at >= 0 && from + at <= to);
  return { axis: timeAxis(from, to, LEFT, PLOT), width, buckets, replicas: replicaSteps(scaleOuts, phases) };
};

/** Load, latency, errors, replicas, faults and receipts on one time axis, as the inside of an SVG. */
const drawn = (
  evidence: Evidence,
  { axis, width, buckets, replicas }: Timeline,
): { height: number; content: Markup } => {
  const { phases, receipts, nodeFailures } = evidence;
  let next = PHASES_HEIGHT + 20;
  const box = (height: number): Box => {
    const top = next;
    next += height + GAP;
    return { left: LEFT, top, width: PLOT, height };
  };
  const first = next - 14;
  const panels: Panels = { buckets, width, axis, breaks: phases.map(({ startedAt }) => startedAt) };
  const drawnPanels: Markup[] = [];
  let latencyTop = first;
  if (buckets.length > 0) {
    drawnPanels.push(loadPanel(panels, box(HEIGHTS.load)));
    latencyTop = next;
    drawnPanels.push(latencyPanel(panels, box(HEIGHTS.latency)));
    drawnPanels.push(errorPanel(panels, box(HEIGHTS.errors)));
  }
  if (replicas.length > 0) drawnPanels.push(replicaPanel(replicas, axis, box(HEIGHTS.replicas)));
  const bottom = Math.max(next - GAP, first + 20) + 4;
  const lanes = receiptLanes(receipts, axis, bottom + 44);
  const hovers = row(
    buckets.map((bucket) => {
      const start = axis.x(axis.from + bucket.at);
      const wide = Math.max(0.5, axis.x(Math.min(axis.to, axis.from + bucket.at + width)) - start);
      return html`<rect class="hover" x="${start}" y="${first}" width="${wide}" height="${bottom - first}">
        <title>${told(bucket, axis.from, width, replicas, receipts)}</title>
      </rect>`;
    }),
  );
  const content = html`${phaseBands(phases, axis, bottom)}
  ${faultSpans(receipts, axis, PHASES_HEIGHT, bottom)} ${phaseNames(phases, axis)} ${drawnPanels}
  ${xAxis(axis.seconds, { left: LEFT, top: first, width: PLOT, height: bottom - first }, clockText)}
  ${marksIn(nodeFailures, axis, latencyTop, bottom)} ${hovers}
  ${
    receipts.length > 0 &&
    html`<text class="axis" x="${LEFT}" y="${bottom + 38}">
        receipts of the faults: each from injected to healed
      </text>
      ${lanes.content}`
  }`;
  return { height: bottom + (receipts.length > 0 ? 48 + lanes.height : 26), content };
};

const csvOf = ({ axis, buckets, width, replicas }: Timeline): Markup =>
  dataLink("timeline.csv", "text/csv", {
    columns: COLUMNS,
    rows: buckets.map((one) => {
      const step = replicasAt(replicas, axis.from + one.at + width / 2);
      const { at, offeredRate, achievedRate, p50, p95, p99, completed, failed, timedOut } = one;
      return [
        ...[at / 1000, offeredRate, achievedRate, p50, p95, p99, completed, failed, timedOut],
        ...[step?.desired, step?.ready],
      ];
    }),
  });

const TIMELINE_TITLE = "Load, latency, errors, replicas and faults over time";

/** The timeline as the inside of an SVG of its own, such as for Allure; undefined where no phase was recorded. */
export const timelineDrawing = (
  evidence: Evidence,
  samples: readonly Sample[],
): { width: number; height: number; content: Markup } | undefined => {
  const timeline = timelineOf(evidence, samples);
  return timeline && { width: WIDTH, ...drawn(evidence, timeline) };
};

/** The timeline with its legend and its data. */
export const timelineChart = (evidence: Evidence, samples: readonly Sample[]): Markup => {
  const timeline = timelineOf(evidence, samples);
  if (!timeline) return html`<p class="soft">No phase was recorded.</p>`;
  const { height, content } = drawn(evidence, timeline);
  const { width, buckets, replicas } = timeline;
  const closed = samples.some(({ model }) => model === "closed");
  const entries: LegendEntry[] = [
    ...(buckets.length > 0 ? LEGEND : []),
    ...(replicas.length > 0
      ? ([
          { name: "replicas ready", className: "s2", shape: "line" },
          { name: "replicas asked for", className: "s3 d1", shape: "line" },
        ] as const)
      : []),
    ...(evidence.receipts.length > 0
      ? [
          { name: "fault in force", className: "fault" },
          { name: "✓ receipt held", className: "held" },
          { name: "! receipt not held", className: "unheld", hatch: "h1" },
        ]
      : []),
  ];
  return html`<p class="soft">
      Each point is ${width === 1000 ? "one second" : clockText(width / 1000)} of requests, by when the
      schedule wanted them to start; offered is what the schedules asked for, completed by when the answer was
      there. ${closed && "Closed loads have no schedule and are not drawn here."}
    </p>
    ${legend(entries)} ${chart(TIMELINE_TITLE, WIDTH, height, content)} ${dataOf(csvOf(timeline))}`;
};
