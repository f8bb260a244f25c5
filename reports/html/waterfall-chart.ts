import { formatDuration } from "../../harness/judge/format.ts";
import { groupBy } from "../../harness/record/group-by.ts";
import type { ColdStart, PodTimeline, ScaleOut } from "../../harness/record/model.ts";
import { chart, legend, row as walked } from "./chart.ts";
import { dataLink, dataOf, type Table } from "./data-link.ts";
import { html, type Markup } from "./markup.ts";
import { linearScale, xAxis, type Scale } from "./scale.ts";

const WIDTH = 1000;
const LEFT = 290;
const PLOT = WIDTH - LEFT - 90;
const ROW = 20;

type Moment =
  | "decidedAt"
  | "createdAt"
  | "scheduledAt"
  | "imageAt"
  | "startedAt"
  | "readyAt"
  | "endpointAt"
  | "firstAnswerAt";

/** What a pod waits for until each moment. */
const STAGES: readonly { until: Moment; name: string; className: string; hatch?: string }[] = [
  { until: "decidedAt", name: "asked → decided", className: "f7", hatch: "h4" },
  { until: "createdAt", name: "→ created", className: "f6" },
  { until: "scheduledAt", name: "→ scheduled", className: "f3", hatch: "h2" },
  { until: "imageAt", name: "→ image present", className: "f5", hatch: "h3" },
  { until: "startedAt", name: "→ started", className: "f0" },
  { until: "readyAt", name: "→ ready", className: "f2", hatch: "h1" },
  { until: "endpointAt", name: "→ endpoint known", className: "f1", hatch: "h5" },
  { until: "firstAnswerAt", name: "→ first answer", className: "f4" },
];

const arrival = ({ readyAt = Infinity, firstAnswerAt = Infinity }: PodTimeline): number =>
  Math.min(readyAt, firstAnswerAt);

const row = (pod: PodTimeline, x: Scale, end: number, top: number): Markup => {
  const { askedAt } = pod;
  const where = [pod.node, pod.deviceClass].filter((part) => part !== undefined).join(", ") || "no node";
  const stages: Markup[] = [];
  let from = 0;
  for (const { until, name, className, hatch } of STAGES) {
    const at = pod[until];
    if (at === undefined) continue;
    const to = Math.max(from, at - askedAt);
    const width = Math.max(0.5, x(to / 1000) - x(from / 1000));
    const start = x(from / 1000);
    const draw = (what: string): Markup =>
      html`<rect class="${what}" x="${start}" y="${top + 3}" width="${width}" height="${ROW - 6}" />`;
    stages.push(
      html`<g>
        <title>${pod.pod} ${name}: ${formatDuration(to - from)}, ${formatDuration(to)} after asking</title>
        ${draw(className)} ${hatch !== undefined && draw(hatch)}
      </g>`,
    );
    from = to;
  }
  const ready = pod.readyAt === undefined ? "never ready" : formatDuration(pod.readyAt - askedAt);
  const textX = x((pod.readyAt === undefined ? end : from) / 1000);
  const stuck =
    pod.readyAt === undefined
      ? html`<line
          class="mark"
          x1="${x(from / 1000)}"
          x2="${x(end / 1000)}"
          y1="${top + ROW / 2}"
          y2="${top + ROW / 2}"
        />`
      : undefined;
  return html`<text x="${LEFT - 8}" y="${top + 14}" text-anchor="end">${pod.pod.slice(-20)} (${where})</text>
    ${walked(stages)}${stuck}<text x="${textX + 4}" y="${top + 14}">${ready}</text>`;
};

/** Moments in ms after each pod was asked for. */
const podsTable = (pods: readonly PodTimeline[]): Table => ({
  columns: [
    "pod",
    "node",
    "device_class",
    "asked_at",
    ...STAGES.map(({ until }) => `${until.slice(0, -2)}_ms`),
  ],
  rows: pods.map((pod) => [
    ...[pod.pod, pod.node, pod.deviceClass, pod.askedAt],
    ...STAGES.map(({ until }) => (pod[until] === undefined ? undefined : pod[until] - pod.askedAt)),
  ]),
});

/** One row a pod, each from the moment that it was asked for; the figure beside it is the time until it was ready. */
const waterfall = (title: string, unsorted: readonly PodTimeline[]): Markup => {
  // A scale-in makes no pod.
  if (unsorted.length === 0) return html`<h3>${title}</h3>`;
  const pods = unsorted.toSorted((a, b) => arrival(a) - arrival(b) || (a.pod < b.pod ? -1 : 1));
  const reached = pods.flatMap((pod) => STAGES.map(({ until }) => (pod[until] ?? pod.askedAt) - pod.askedAt));
  const end = Math.max(1000, ...reached);
  const x = linearScale(0, end / 1000, LEFT, LEFT + PLOT, 8);
  const height = pods.length * ROW;
  const content = html`${xAxis(x, { left: LEFT, top: 0, width: PLOT, height }, (value) => `${value} s`)}
  ${pods.map((pod, index) => row(pod, x, end, index * ROW))}`;
  return html`<h3>${title}</h3>
    ${legend(STAGES)} ${chart("From asking for each pod to its first answer", WIDTH, height + 26, content)}
    ${dataOf(dataLink(`${title.split(":")[0]!}-pods.csv`, "text/csv", podsTable(pods)))}`;
};

export const waterfallChart = ({ phase, from, to, pods }: ScaleOut): Markup =>
  waterfall(`${phase}: ${from} → ${to} pods`, pods);

/** The pods that cold starts made, a chart a phase. */
export const coldStartCharts = (coldStarts: readonly ColdStart[]): Markup[] =>
  [...groupBy(coldStarts, ({ phase }) => phase)].flatMap(([phase, own]) => {
    const pods = own.flatMap(({ pod, excluded }) => (pod && excluded === "" ? [pod] : []));
    return pods.length === 0 ? [] : [waterfall(`${phase}: from the request to its answer`, pods)];
  });
