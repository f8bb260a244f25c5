import { formatDuration } from "../harness/judge/format.ts";
import type { Capacity, CostLine } from "../harness/scale/cost-line.ts";
import type { ScaleRun, ScaleStep, TailFigure } from "../harness/scale/model.ts";
import { COSTS, costNames, costOf, type ScaleOutcome, type SloJudgement } from "../harness/scale/outcome.ts";
import { SLI_WINDOW_MS, SLOS } from "../harness/scale/slo.ts";

const round = (value: number, digits = 3): string => {
  if (value === 0) return "0";
  const text = Number(value.toPrecision(digits));
  return Math.abs(text) >= 1e-3 ? String(text) : text.toExponential();
};

const MIB = 1024 * 1024;

/** An amount with its unit; bytes as KiB or MiB. */
export function amountText(value: number, unit: string): string {
  if (!Number.isFinite(value)) return "?";
  if (!unit.startsWith("bytes")) return `${round(value)} ${unit}`;
  const [size, name] = Math.abs(value) >= MIB ? [value / MIB, "MiB"] : [value / 1024, "KiB"];
  return `${round(size)} ${name}${unit.slice("bytes".length)}`;
}

export const tailText = (figure: TailFigure | undefined): string => {
  if (!figure) return "not measured";
  const { value, low, high, n } = figure;
  const end = (ms: number | null): string => (ms === null ? "?" : formatDuration(ms));
  return `${value === null ? "none" : formatDuration(value)} (${end(low)}, ${end(high)}] n=${n}`;
};

const sign = {
  met: "✓ met",
  missed: "✗ missed",
  inconclusive: "? inconclusive",
  broken: "! broken",
} as const;

export const sloHead = ["verdict", "nodes", "SLO", "limit", "p99 (within 95 %]", "worst pair", "pairs"];

export const sloRow = ({
  verdict,
  nodes,
  slo,
  limitMs,
  p99,
  pair,
  judged,
  pairs,
}: SloJudgement): string[] => [
  sign[verdict],
  String(nodes),
  SLOS[slo].title,
  `<= ${formatDuration(limitMs)}`,
  tailText(p99),
  pair,
  slo === "pod-startup" ? "" : `${judged} of ${pairs}`,
];

export const costHead = (run: ScaleRun): string[] => [
  "cost",
  ...run.steps.map(({ nodes }) => String(nodes)),
  "each node more [95 %]",
  "exponent",
];

const slopeText = ({ slope }: CostLine, unit: string): string => {
  const { low, high } = slope;
  const end = (value: number): string => (Number.isFinite(value) ? amountText(value, unit) : "?");
  return `${amountText(slope.slope, unit)} [${end(low)}, ${end(high)}]`;
};

const exponentText = (line: CostLine | undefined): string => {
  if (!line?.exponent) return "?";
  const { slope, low, high } = line.exponent;
  return Number.isFinite(low) ? `${round(slope)} [${round(low)}, ${round(high)}]` : round(slope);
};

export const costRows = (run: ScaleRun, outcome: ScaleOutcome): string[][] =>
  costNames.map((name) => {
    const { title, unit } = COSTS[name];
    const line = outcome.costs[name];
    return [
      title,
      ...run.steps.map((step) => amountText(costOf(step, run.server, name), unit)),
      line ? slopeText(line, unit) : "?",
      exponentText(line),
    ];
  });

/** Nodes as people read them: three digits are all that a fit gives. */
const nodesText = (nodes: number): string =>
  Number.isFinite(nodes) ? String(Number(nodes.toPrecision(3))) : "no size";

export function capacityText({ cores, nodes, low, high, beyond }: Capacity, outcome: ScaleOutcome): string {
  const far = beyond > 1 ? `, extrapolated ${round(beyond, 2)} times beyond what was measured` : "";
  const limit = outcome.sloLimit;
  const first = limit !== undefined && limit < nodes ? `; the SLOs are missed before, at ${limit} nodes` : "";
  return `${cores} cores give out at ${nodesText(nodes)} nodes [${nodesText(low)}, ${nodesText(high)}]${far}${first}`;
}

/** What has to be known before any figure is believed. */
export function caveats(run: ScaleRun): string[] {
  const { windowMs, leaseSeconds, podsPerSecond } = run.asked;
  const short =
    windowMs < SLI_WINDOW_MS
      ? [
          `A window of ${windowMs / 1000} s a size, where the SLIs' wording says 5 minutes, and the SLOs a cluster-day.`,
        ]
      : ["Windows as long as the SLIs' wording says, but no cluster-day, which the SLOs are about."];
  return [
    ...short,
    `The nodes are kwok's: objects, leases (renewed every ${leaseSeconds / 4} s) and statuses, but no kubelet, no container and no image. Pods start as soon as kwok hears of them: their start is that of API server, scheduler, datastore, WAN and watch.`,
    `All heartbeats cross the link of ${run.from} (profile ${run.profile}) on the few connections of one process. Real nodes have a connection, a handshake and an encryption each.`,
    `${podsPerSecond} pods a second are created and deleted, and as many nodes read, at every size; that cost is in the intercept, not in that of a node.`,
    "Control plane, nodes, WAN and harness share one host: a size at which that is full says little about a server of its own.",
    "Where cores give out is where the server's processes would need all of them. They slow down before, and a datastore with one writer may be full first.",
    `The first size is ${run.asked.steps[0]}: the rig's own nodes are in the intercept.`,
  ];
}

export const headline = (run: ScaleRun, outcome: ScaleOutcome): string => {
  const { verdict, reached, asked, sloLimit, unjudged } = outcome;
  if (verdict === "broken") return `broken: ${run.troubles.join("; ") || "no size was measured"}`;
  if (sloLimit !== undefined) return `the SLOs are missed at ${sloLimit} nodes`;
  if (reached < asked) return `grew to ${reached} of ${asked} nodes: ${run.stopped ?? "stopped"}`;
  const open = unjudged.map((slo) => SLOS[slo].title).join(", ");
  if (verdict !== "met") return `${reached} nodes; not every SLO could be judged`;
  return open
    ? `every SLO that had enough calls was met up to ${reached} nodes; too few calls to judge ${open}`
    : `every SLO was met up to ${reached} nodes`;
};

export const datastoreText = ({ datastore }: ScaleStep): string => {
  const size = datastore.bytes === undefined ? "size not told" : amountText(datastore.bytes, "bytes");
  const slow = datastore.p99
    .filter(({ p99 }) => p99.n > 0)
    .map(({ operation, p99 }) => `${operation} ${tailText(p99)}`);
  return [size, ...slow].join("; ");
};
