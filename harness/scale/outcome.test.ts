import { expect } from "chai";

import { costOf, guardRail, judgeStep, scaleExitCode, scaleOutcome, type SloJudgement } from "./outcome.ts";
import type { ScaleStep } from "./model.ts";
import { call, scaleRun, scaleStep, tail } from "./testing.ts";

const sizes = [10, 50, 100, 200, 500];
const of = (step: ScaleStep, slo: string): SloJudgement => judgeStep(step).find((one) => one.slo === slo)!;
const few = { value: 30, low: 0, high: null, n: 20 };
const saturated = { phase: "window", cores: 2, cpuBusy: 0.99, cpuSteal: 0 };

describe("the SLOs at one size", () => {
  it("are met where every pair's whole interval is within the limit, and name the worst", () => {
    const { verdict, pair, judged, pairs } = of(scaleStep(100), "mutating");
    expect([verdict, pair, judged, pairs]).to.deep.equal(["met", "pods/status PATCH", 2, 2]);
  });

  it("are missed by one pair alone, which is named", () => {
    const step = scaleStep(100, {
      calls: [call("pods", "POST", tail(30)), call("nodes", "PATCH", tail(1500))],
    });
    expect(of(step, "mutating")).to.deep.include({ verdict: "missed", pair: "nodes PATCH" });
  });

  it("are open where the limit is within the interval", () => {
    const step = scaleStep(100, {
      calls: [call("pods", "POST", { value: 990, low: 800, high: 1250, n: 900 })],
    });
    expect(of(step, "mutating").verdict).to.equal("inconclusive");
  });

  it("count pairs with too few calls, against which they stand only where they were slow", () => {
    const calm = scaleStep(100, { calls: [call("pods", "POST", tail(30)), call("configmaps", "PUT", few)] });
    expect(of(calm, "mutating")).to.deep.include({ verdict: "met", judged: 1, pairs: 2 });
    const slow = { value: 4000, low: 2000, high: null, n: 20 };
    const other = scaleStep(100, {
      calls: [call("pods", "POST", tail(30)), call("configmaps", "PUT", slow)],
    });
    expect(of(other, "mutating")).to.deep.include({ verdict: "missed", pair: "configmaps PUT" });
  });

  it("are not met by the absence of calls", () => {
    const step = scaleStep(100, { calls: [], podStart: { value: null, low: 0, high: null, n: 0 } });
    expect(judgeStep(step).map(({ verdict }) => verdict)).to.deep.equal(Array(4).fill("inconclusive"));
    expect(of(step, "mutating").reason).to.match(/no such call/);
  });

  it("are missed by pods of which more than one in a hundred never started", () => {
    const step = scaleStep(100, { podStart: { value: null, low: 6000, high: null, n: 400 } });
    expect(of(step, "pod-startup").verdict).to.equal("missed");
  });

  it("are not missed on a saturated host, but may be met on one", () => {
    const slow = scaleStep(100, { podStart: tail(9000), host: saturated });
    expect(of(slow, "pod-startup")).to.deep.include({ verdict: "inconclusive" });
    expect(of(slow, "pod-startup").reason).to.match(/saturated/);
    expect(of(slow, "mutating").verdict).to.equal("met");
  });
});

describe("the guard rail", () => {
  it("lets a cluster grow that meets its SLOs on a host with room", () =>
    expect(guardRail(scaleStep(100))).to.equal(undefined));
  it("stops at an SLO that was missed", () =>
    expect(guardRail(scaleStep(100, { podStart: tail(9000) }))).to.match(
      /pod start was missed at 100 nodes/,
    ));
  it("stops on a host that the rig itself fills, not on one that others fill", () => {
    expect(guardRail(scaleStep(100, { ownShare: 0.9, host: saturated }))).to.match(
      /90 % of the host's 2 cores/,
    );
    expect(guardRail(scaleStep(100, { ownShare: 0.5, host: saturated }))).to.equal(undefined);
  });
});

describe("the outcome of a scale run", () => {
  const whole = scaleOutcome(scaleRun(sizes.map((nodes) => scaleStep(nodes))));

  it("is met with 0 once every size was reached", () => {
    expect([whole.verdict, scaleExitCode(whole), whole.reached]).to.deep.equal(["met", 0, 500]);
    expect(whole.unjudged).to.deep.equal(["read-more"]);
  });

  it("has the cost of a node without that of what simulates it, and where cores give out", () => {
    expect(whole.costs.cpu?.slope.slope).to.be.closeTo(0.002, 1e-9);
    expect(whole.costs.kwok?.slope.slope).to.be.closeTo(0.001, 1e-9);
    expect(whole.capacities.map(({ cores, nodes }) => [cores, Math.round(nodes)])).to.deep.equal([
      [2, 750],
      [4, 1750],
      [16, 7750],
    ]);
    const onServer = scaleStep(100);
    onServer.processes = onServer.processes.map((one) => ({ ...one, machine: "cloud-1" }));
    expect(costOf(onServer, "cloud-1", "cpu")).to.be.closeTo(0.7, 1e-9);
  });

  it("is 1 at the size where an SLO is missed", () => {
    const steps = [scaleStep(10), scaleStep(50, { podStart: tail(9000) })];
    const outcome = scaleOutcome(scaleRun(steps));
    expect([scaleExitCode(outcome), outcome.sloLimit]).to.deep.equal([1, 50]);
  });

  it("is 2 where it did not get as far as asked, or what must be judged could not be", () => {
    const run = scaleRun([scaleStep(10)]);
    run.asked.steps = [10, 100];
    expect(scaleExitCode(scaleOutcome(run))).to.equal(2);
    expect(scaleExitCode(scaleOutcome(scaleRun([scaleStep(10, { calls: [] })])))).to.equal(2);
  });

  it("is 3 with trouble, or with nothing measured", () => {
    expect(scaleExitCode(scaleOutcome(scaleRun([scaleStep(10)], { troubles: ["restarted"] })))).to.equal(3);
    const nothing = scaleRun([]);
    nothing.asked.steps = [10];
    expect(scaleExitCode(scaleOutcome(nothing))).to.equal(3);
  });
});
