import { type CpuCounters, pressureBetween } from "../measure/host-pressure.ts";
import { histogramQuantile, merged, observedBetween, readHistograms } from "./histogram.ts";
import type { LabelledHistogram } from "./histogram.ts";
import { type CallFigure, type ProcessFigure, type ScaleStep, tailFigure } from "./model.ts";
import type { MachineReading } from "./proc-readings.ts";
import type { MetricSample } from "./prometheus-text.ts";
import { callKind, resourceOf, SLI_QUANTILE } from "./slo.ts";

const SLI = "apiserver_request_sli_duration_seconds";
const REQUESTS = "apiserver_request_total";
const STORAGE = "etcd_request_duration_seconds";
const STORAGE_SIZE = "apiserver_storage_size_bytes";

/** Lines of the API server's metrics page that are read. */
export const WANTED_METRICS: ReadonlySet<string> = new Set([
  `${SLI}_bucket`,
  REQUESTS,
  `${STORAGE}_bucket`,
  STORAGE_SIZE,
]);

/** All that is read at the beginning of a window and again at its end. */
export interface Reading {
  /** Milliseconds, monotonic. */
  at: number;
  metrics: readonly MetricSample[];
  machines: ReadonlyMap<string, MachineReading>;
  tester: { cpuSeconds: number; rssBytes: number };
  host: CpuCounters;
}

/** What the machines of a window are for. */
export interface WindowRoles {
  /** From which the simulated nodes speak. */
  from: string;
  overlayInterface: string;
  underlayInterface: string;
  /** Cores of the host. */
  cores: number;
}

type WindowFigures = Pick<
  ScaleStep,
  | "calls"
  | "processes"
  | "tester"
  | "callRates"
  | "leasesPerSecond"
  | "network"
  | "datastore"
  | "host"
  | "ownShare"
  | "windowMs"
>;

const grouped = <T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
};

const tail = (histograms: readonly LabelledHistogram[]) =>
  tailFigure(histogramQuantile(merged(histograms)!, SLI_QUANTILE), 1000);

function callFigures(observed: readonly LabelledHistogram[]): CallFigure[] {
  const kinds = observed.flatMap((histogram) => {
    const kind = callKind(histogram.labels);
    return kind ? [{ kind, histogram }] : [];
  });
  return [...grouped(kinds, ({ kind }) => `${kind.slo} ${kind.resource} ${kind.of}`).values()]
    .map((group) => ({ ...group[0]!.kind, p99: tail(group.map(({ histogram }) => histogram)) }))
    .toSorted((a, b) => b.p99.n - a.p99.n);
}

function storageFigures(observed: readonly LabelledHistogram[]) {
  return [...grouped(observed, ({ labels }) => labels.operation ?? "").entries()].map(([operation, all]) => ({
    operation,
    p99: tail(all),
  }));
}

/** Calls by verb and resource, counted between two readings. */
function callCounts(before: readonly MetricSample[], after: readonly MetricSample[]) {
  const count = (samples: readonly MetricSample[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { name, labels, value } of samples) {
      if (name !== REQUESTS) continue;
      const key = `${labels.verb} ${resourceOf(labels)}`;
      counts.set(key, (counts.get(key) ?? 0) + value);
    }
    return counts;
  };
  const earlier = count(before);
  return [...count(after)].flatMap(([key, value]) => {
    const [verb = "", resource = ""] = key.split(" ");
    const more = value - (earlier.get(key) ?? 0);
    return more === 0 ? [] : [{ verb, resource, count: more }];
  });
}

function processFigures(before: Reading, after: Reading, seconds: number): ProcessFigure[] | string {
  const found: ProcessFigure[] = [];
  for (const [machine, { processes }] of after.machines)
    for (const [name, later] of processes) {
      const earlier = before.machines.get(machine)?.processes.get(name);
      if (earlier?.pid !== later.pid) return `${name} on ${machine} was started anew while it was measured`;
      const cores = (later.cpuSeconds - earlier.cpuSeconds) / seconds;
      found.push({ machine, name, cores, rssBytes: later.rssBytes });
    }
  return found;
}

/** What happened between two readings; a sentence where something was restarted, and its counters with it. */
export function windowFigures(before: Reading, after: Reading, roles: WindowRoles): WindowFigures | string {
  const seconds = (after.at - before.at) / 1000;
  const between = (name: string) =>
    observedBetween(readHistograms(before.metrics, name), readHistograms(after.metrics, name));
  const [calls, storage] = [between(SLI), between(STORAGE)];
  if (!calls || !storage) return "the API server was started anew while it was measured";
  const processes = processFigures(before, after, seconds);
  if (typeof processes === "string") return processes;
  const rates = callCounts(before.metrics, after.metrics)
    .map(({ verb, resource, count }) => ({ verb, resource, perSecond: count / seconds }))
    .toSorted((a, b) => b.perSecond - a.perSecond);
  const renewals = rates.filter(
    ({ verb, resource }) => resource === "leases.coordination.k8s.io" && /^(PUT|PATCH|APPLY)$/.test(verb),
  );
  const bytes = (name: string) => {
    const [then, now] = [before, after].map(({ machines }) => machines.get(roles.from)?.interfaces.get(name));
    return {
      received: ((now?.received ?? NaN) - (then?.received ?? NaN)) / seconds,
      sent: ((now?.sent ?? NaN) - (then?.sent ?? NaN)) / seconds,
    };
  };
  const size = after.metrics.find(({ name }) => name === STORAGE_SIZE)?.value;
  const tester = {
    cores: (after.tester.cpuSeconds - before.tester.cpuSeconds) / seconds,
    rssBytes: after.tester.rssBytes,
  };
  const own = processes.reduce((sum, { cores }) => sum + cores, tester.cores);
  return {
    ...{ windowMs: after.at - before.at, calls: callFigures(calls), processes, tester, callRates: rates },
    leasesPerSecond: renewals.reduce((sum, { perSecond }) => sum + perSecond, 0),
    network: { overlay: bytes(roles.overlayInterface), underlay: bytes(roles.underlayInterface) },
    datastore: { ...(size !== undefined && size > 0 ? { bytes: size } : {}), p99: storageFigures(storage) },
    host: pressureBetween("window", before.host, after.host, roles.cores),
    ownShare: own / roles.cores,
  };
}
