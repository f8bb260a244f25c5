import { ExitCode } from "../exit-codes.ts";
import { saturation } from "../judge/saturation.ts";
import type { Verdict } from "../record/model.ts";
import { type Capacity, capacities, type CostLine, costLine } from "./cost-line.ts";
import type { CallFigure, ScaleRun, ScaleStep, TailFigure } from "./model.ts";
import { SLOS, type SloName, sloNames } from "./slo.ts";

export interface SloJudgement {
  nodes: number;
  slo: SloName;
  verdict: Verdict;
  /** The pair that decided, such as `pods POST`; empty for pods' start. */
  pair: string;
  /** ms; undefined where nothing was measured. */
  p99: TailFigure | undefined;
  limitMs: number;
  /** Pairs that have enough calls for a verdict, and all of them. */
  judged: number;
  pairs: number;
  /** Why it is not met, or what has to be known; may be empty. */
  reason: string;
}

/** What one figure alone shows. */
const shown = ({ value, low, high }: TailFigure, limitMs: number): Verdict => {
  if (high !== null && high <= limitMs) return "met";
  // Every bucket below the interval's lower end is within it, too.
  if (low === null || low >= limitMs) return value === null || value > limitMs ? "missed" : "inconclusive";
  return "inconclusive";
};

/** Too few calls for an interval, but none that was slow: they do not stand against the others. */
const silent = (figure: TailFigure, limitMs: number): boolean =>
  figure.high === null && figure.value !== null && figure.value <= limitMs;

const BY_SEVERITY: readonly Verdict[] = ["met", "inconclusive", "missed", "broken"];
const worse = (a: Verdict, b: Verdict): Verdict => (BY_SEVERITY.indexOf(a) >= BY_SEVERITY.indexOf(b) ? a : b);
const tailOf = ({ high, value }: TailFigure): number => high ?? value ?? Infinity;

function judgeCalls(calls: readonly CallFigure[], slo: SloName): Omit<SloJudgement, "nodes"> {
  const { limitMs } = SLOS[slo];
  const all = calls.filter((call) => call.slo === slo);
  const counted = all.filter(({ p99 }) => !silent(p99, limitMs));
  const common = { slo, limitMs, judged: counted.length, pairs: all.length };
  if (counted.length === 0)
    return {
      ...{ ...common, verdict: "inconclusive", pair: "", p99: undefined },
      reason: all.length === 0 ? "there was no such call" : "no pair has enough calls for an interval",
    };
  const verdict = counted.map(({ p99 }) => shown(p99, limitMs)).reduce(worse);
  const worst = counted
    .filter(({ p99 }) => shown(p99, limitMs) === verdict)
    .reduce((a, b) => (tailOf(b.p99) > tailOf(a.p99) ? b : a));
  const few = all.length - counted.length;
  return {
    ...{ ...common, verdict, pair: `${worst.resource} ${worst.of}`, p99: worst.p99 },
    reason: few > 0 ? `${few} of ${all.length} pairs have too few calls to say; none of them was slow` : "",
  };
}

function judgePods({ podStart }: ScaleStep): Omit<SloJudgement, "nodes"> {
  const slo = "pod-startup";
  const { limitMs } = SLOS[slo];
  return {
    ...{ slo, limitMs, pair: "", p99: podStart, judged: 1, pairs: 1 },
    verdict: podStart.n === 0 ? "inconclusive" : shown(podStart, limitMs),
    reason: podStart.n === 0 ? "no pod was created" : "",
  };
}

/** The SLOs at one size. A saturated host lets nothing be missed: whose fault that is, cannot be told. */
export function judgeStep(step: ScaleStep): SloJudgement[] {
  const crowded = saturation(step.host);
  return sloNames.map((slo): SloJudgement => {
    const found = slo === "pod-startup" ? judgePods(step) : judgeCalls(step.calls, slo);
    if (crowded === undefined || found.verdict !== "missed") return { nodes: step.nodes, ...found };
    const reason = [crowded, found.reason].filter(Boolean).join("; ");
    return { nodes: step.nodes, ...found, verdict: "inconclusive", reason };
  });
}

/** From so large a share of the host that the rig itself uses, there is no room to grow. */
const FULL_HOST = 0.85;

/** Why there is no point in growing further; undefined: there is. */
export function guardRail(step: ScaleStep): string | undefined {
  const missed = judgeStep(step).find(({ verdict }) => verdict === "missed");
  if (missed) return `the SLO on ${SLOS[missed.slo].title} was missed at ${step.nodes} nodes`;
  if (step.ownShare > FULL_HOST)
    return `the rig used ${Math.round(step.ownShare * 100)} % of the host's ${step.host.cores} cores at ${step.nodes} nodes`;
  return undefined;
}

/** What costs: its amount at a step. `control`: processes of the server node. */
export const COSTS = {
  cpu: { title: "CPU of the server node's processes", unit: "cores" },
  memory: { title: "memory of the server node's processes", unit: "bytes" },
  calls: { title: "API calls", unit: "calls/s" },
  leases: { title: "updates of leases", unit: "updates/s" },
  overlay: { title: "overlay traffic of heartbeats and watches", unit: "bytes/s" },
  kwok: { title: "CPU of kwok, which stands for the nodes", unit: "cores" },
  tester: { title: "CPU of the harness", unit: "cores" },
} as const;

export type CostName = keyof typeof COSTS;
export const costNames = Object.keys(COSTS) as CostName[];

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** The process that simulates nodes costs the server nothing. */
export const KWOK = "kwok";

export function costOf(step: ScaleStep, server: string, name: CostName): number {
  const own = step.processes.filter(({ machine, name: process }) => machine === server && process !== KWOK);
  const { received, sent } = step.network.overlay;
  switch (name) {
    case "cpu":
      return sum(own.map(({ cores }) => cores));
    case "memory":
      return sum(own.map(({ rssBytes }) => rssBytes));
    case "calls":
      return sum(step.callRates.map(({ perSecond }) => perSecond));
    case "leases":
      return step.leasesPerSecond;
    case "overlay":
      return received + sent;
    case "kwok":
      return sum(step.processes.filter((one) => one.name === KWOK).map(({ cores }) => cores));
    case "tester":
      return step.tester.cores;
  }
}

/** Cores of servers that are asked about. */
const CORES = [2, 4, 16];

export interface ScaleOutcome {
  judgements: SloJudgement[];
  costs: Partial<Record<CostName, CostLine>>;
  capacities: Capacity[];
  /** Sizes that were measured. */
  reached: number;
  asked: number;
  /** SLOs with too few calls at some size; their rows count for nothing. */
  unjudged: SloName[];
  /** The smallest size at which an SLO was missed. */
  sloLimit: number | undefined;
  verdict: Verdict;
}

/** SLOs without which nothing was shown. How much is read in a cluster, is its users' doing. */
const MUST: ReadonlySet<SloName> = new Set<SloName>(["mutating", "pod-startup"]);

export function scaleOutcome(run: ScaleRun): ScaleOutcome {
  const judgements = run.steps.flatMap(judgeStep);
  const sizes = run.steps.map(({ nodes }) => nodes);
  const costs: Partial<Record<CostName, CostLine>> = {};
  for (const name of costNames) {
    const line = costLine(
      sizes,
      run.steps.map((step) => costOf(step, run.server, name)),
    );
    if (line) costs[name] = line;
  }
  const reached = Math.max(0, ...sizes);
  const asked = Math.max(...run.asked.steps);
  const counted = judgements.filter((one) => one.judged > 0 || MUST.has(one.slo));
  const found = counted.map(({ verdict }) => verdict).reduce(worse, "met");
  const whole = reached === asked ? "met" : "inconclusive";
  return {
    ...{ judgements, costs, reached, asked },
    capacities: costs.cpu ? capacities(costs.cpu, reached, CORES) : [],
    unjudged: sloNames.filter((slo) => judgements.some((one) => one.slo === slo && one.judged === 0)),
    sloLimit: judgements.find(({ verdict }) => verdict === "missed")?.nodes,
    verdict: run.troubles.length > 0 || run.steps.length === 0 ? "broken" : worse(found, whole),
  };
}

export const scaleExitCode = ({ verdict }: ScaleOutcome): ExitCode => ExitCode[verdict];
