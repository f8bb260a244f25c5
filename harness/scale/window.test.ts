import { expect } from "chai";

import type { MetricSample } from "./prometheus-text.ts";
import { type Reading, windowFigures } from "./window.ts";

const roles = { from: "edge-1", overlayInterface: "nebula1", underlayInterface: "eth0", cores: 2 };

const pods = { verb: "POST", group: "", resource: "pods", subresource: "", scope: "resource", version: "v1" };
const leases = { ...pods, verb: "PUT", group: "coordination.k8s.io", resource: "leases" };

const histogram = (name: string, labels: Record<string, string>, counts: number[]): MetricSample[] =>
  ["0.1", "1", "+Inf"].map((le, index) => ({
    name: `${name}_bucket`,
    labels: { ...labels, le },
    value: counts[index]!,
  }));

interface Amounts {
  at: number;
  calls: number;
  cpu?: number;
  pid?: number;
  bytes?: number;
}

const reading = ({ at, calls, cpu = 0, pid = 7, bytes = 0 }: Amounts): Reading => ({
  at,
  metrics: [
    // Two versions of one resource are one pair.
    ...histogram("apiserver_request_sli_duration_seconds", pods, [calls, calls, calls]),
    ...histogram("apiserver_request_sli_duration_seconds", { ...pods, version: "v2" }, [0, calls, calls]),
    ...histogram("etcd_request_duration_seconds", { operation: "create", type: "pods" }, [
      calls,
      calls,
      calls,
    ]),
    { name: "apiserver_request_total", labels: { ...pods, code: "201" }, value: calls },
    { name: "apiserver_request_total", labels: { ...pods, code: "409" }, value: calls },
    { name: "apiserver_request_total", labels: { ...leases, code: "200" }, value: 3 * calls },
    { name: "apiserver_storage_size_bytes", labels: {}, value: 4096 },
  ],
  machines: new Map([
    [
      "edge-1",
      {
        processes: new Map([["kwok", { pid, cpuSeconds: cpu, rssBytes: 1000 }]]),
        interfaces: new Map([
          ["nebula1", { received: bytes, sent: 2 * bytes }],
          ["eth0", { received: 3 * bytes, sent: 0 }],
        ]),
      },
    ],
  ]),
  tester: { cpuSeconds: cpu / 2, rssBytes: 500 },
  host: { total: at, idle: at / 2, steal: 0, stalledUs: undefined, at },
});

describe("what happened in a window", () => {
  const before = reading({ at: 0, calls: 0 });
  const after = reading({ at: 10_000, calls: 400, cpu: 5, bytes: 1000 });
  const figures = windowFigures(before, after, roles);
  if (typeof figures === "string") throw new Error(figures);

  it("is the tail of each pair, over all versions of the resource", () => {
    expect(figures.calls).to.have.length(1);
    const { slo, resource, of, p99 } = figures.calls[0]!;
    expect([slo, resource, of, p99.n, p99.low, p99.high]).to.deep.equal([
      ...["mutating", "pods", "POST", 800],
      ...[100, 1000],
    ]);
  });

  it("is calls, renewals of leases and bytes a second", () => {
    expect(figures.callRates).to.deep.equal([
      { verb: "PUT", resource: "leases.coordination.k8s.io", perSecond: 120 },
      { verb: "POST", resource: "pods", perSecond: 80 },
    ]);
    expect(figures.leasesPerSecond).to.equal(120);
    expect(figures.network.overlay).to.deep.equal({ received: 100, sent: 200 });
    expect(figures.network.underlay.received).to.equal(300);
  });

  it("is CPU by process, the tester's, the host's, and the rig's share of it", () => {
    expect(figures.processes).to.deep.equal([
      { machine: "edge-1", name: "kwok", cores: 0.5, rssBytes: 1000 },
    ]);
    expect(figures.tester.cores).to.equal(0.25);
    expect(figures.host.cpuBusy).to.equal(0.5);
    expect(figures.ownShare).to.equal(0.375);
  });

  it("has the datastore's size and the tail of each of its operations", () => {
    expect(figures.datastore.bytes).to.equal(4096);
    expect(figures.datastore.p99.map(({ operation, p99 }) => [operation, p99.n])).to.deep.equal([
      ["create", 400],
    ]);
  });

  it("is nothing where something was started anew, which is named", () => {
    expect(windowFigures(after, reading({ at: 20_000, calls: 1 }), roles)).to.match(
      /API server was started anew/,
    );
    const restarted = reading({ at: 20_000, calls: 500, cpu: 6, pid: 8 });
    expect(windowFigures(after, restarted, roles)).to.match(/kwok on edge-1 was started anew/);
  });
});
