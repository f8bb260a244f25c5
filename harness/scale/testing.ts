import type { CallFigure, ScaleRun, ScaleStep, TailFigure } from "./model.ts";

/** A figure that is known well: its interval lies within a tenth. */
export const tail = (value: number, n = 1000): TailFigure => ({
  value,
  low: value * 0.9,
  high: value * 1.1,
  n,
});

export const call = (
  resource: string,
  of: string,
  p99: TailFigure,
  slo: CallFigure["slo"] = "mutating",
): CallFigure => ({
  ...{ slo, resource, of, p99 },
});

/** One size of a cluster that costs 0.5 cores and 2 thousandths for each node, and meets its SLOs. */
export const scaleStep = (nodes: number, changed: Partial<ScaleStep> = {}): ScaleStep => ({
  ...{ nodes, pods: 2 * nodes, nodesReadyMs: 1000, podsRunningMs: 2000, windowMs: 75_000 },
  calls: [
    call("pods", "POST", tail(30)),
    call("pods/status", "PATCH", tail(40)),
    call("nodes", "resource", tail(20), "read-resource"),
  ],
  ...{ podStart: tail(400), growthPodStart: tail(2000) },
  processes: [
    {
      machine: "cloud-1",
      name: "kube-apiserver",
      cores: 0.3 + nodes * 0.0015,
      rssBytes: 300e6 + nodes * 2e5,
    },
    { machine: "cloud-1", name: "kine", cores: 0.2 + nodes * 0.0005, rssBytes: 50e6 },
    { machine: "edge-1", name: "kwok", cores: nodes * 0.001, rssBytes: 60e6 },
  ],
  tester: { cores: 0.05, rssBytes: 200e6 },
  callRates: [{ verb: "PUT", resource: "leases.coordination.k8s.io", perSecond: nodes / 10 }],
  leasesPerSecond: nodes / 10,
  network: {
    overlay: { received: 100 * nodes, sent: 200 * nodes },
    underlay: { received: 120 * nodes, sent: 240 * nodes },
  },
  datastore: { bytes: 5e6, p99: [{ operation: "update", p99: tail(20) }] },
  host: { phase: "window", cores: 8, cpuBusy: 0.4, cpuSteal: 0 },
  ownShare: 0.3,
  ...changed,
});

export const scaleRun = (steps: ScaleStep[], changed: Partial<ScaleRun> = {}): ScaleRun => ({
  schema: 1,
  ...{ rig: "scale", topology: "scale", engine: "kubernetes 1.34.4", wanBackend: "userspace" },
  ...{ profile: "typ", from: "edge-1", server: "cloud-1", startedAt: 0, tookMs: 600_000 },
  versions: { edgeproof: "0.0.0" },
  asked: {
    ...{ steps: steps.map(({ nodes }) => nodes), podsPerNode: 2, windowMs: 75_000, podsPerSecond: 5 },
    leaseSeconds: 40,
  },
  steps,
  troubles: [],
  ...changed,
});
