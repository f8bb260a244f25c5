import { expect } from "chai";

import { judge } from "../judge/judge.ts";
import type { Objective } from "../judge/objective.ts";
import { phase, quiet, runOf, samplesOf, START } from "../record/testing.ts";
import { scenarioReport } from "./scenario-trial.ts";
import { sweepableSuites, sweepSubject } from "./sweep-trials.ts";
import { parseAxis } from "../sweep/axis.ts";
import { CATALOGUE } from "../../chaos/faults/catalogue.ts";

const own = phase("fault");
const objectives: Objective[] = [
  { name: "responds", quantity: "response-time", percentile: "p50", limit: 100, scope: { phase: "fault" } },
];
const report = (durations: number[], parts: Parameters<typeof runOf>[0] = {}) => {
  const run = runOf({ phases: [own], samples: samplesOf(own, durations), ...parts });
  return scenarioReport(run, judge(run, objectives), "responds");
};
const many = (ms: number): number[] => Array.from({ length: 300 }, (_, index) => ms + (index % 7));

describe("a scenario as a trial", () => {
  it("succeeds when its objectives are met, and has the first one's figure", () => {
    const { ok, value, excluded, detail } = report(many(20));
    expect([ok, value, excluded]).to.deep.equal([true, 23, undefined]);
    expect(detail).to.match(/^responds: 23 ms .*<= 100 ms$/);
  });

  it("fails when one is missed, or its interval reaches across the limit", () => {
    expect(report(many(200))).to.include({ ok: false, value: 203 });
    expect(report(many(200))).to.not.have.property("excluded");
    const across = Array.from({ length: 300 }, (_, index) => (index % 2 ? 20 : 400));
    expect(report(across)).to.include({ ok: false }).and.to.not.have.property("excluded");
  });

  it("fails when a guard rail had to end it", () => {
    const events = [{ type: "abort", at: START, phase: "fault", reason: "40 % errors" } as const];
    expect(report(many(20), { events })).to.include({
      ok: false,
      detail: "a guard rail ended it: 40 % errors",
    });
  });

  it("says nothing where the rig had trouble, the host was busy or samples are too few", () => {
    const trouble = [{ type: "trouble", at: START, what: "the WAN engine died" } as const];
    expect(report(many(20), { events: trouble }).excluded).to.contain("the WAN engine died");
    expect(report(many(20), { pressure: [quiet("fault", { cpuBusy: 0.99 })] }).excluded).to.contain(
      "responds",
    );
    expect(report([20, 20]).excluded).to.contain("2 samples");
  });
});

describe("what can be swept", () => {
  it("are the suites of one scenario, and no other", () => {
    expect(sweepableSuites())
      .to.include("wan-profile-burst")
      .and.to.not.include.members(["relay", "quickstart"]);
  });

  it("has the topology, and what is measured in the fault phase, before anything is up", async () => {
    const axis = parseAxis("link-loss.loss=1..5%", CATALOGUE);
    const subject = await sweepSubject("wan-profile-burst", { axis, seed: 1 });
    expect(subject.topology.name).to.equal("quickstart");
    expect(subject.value).to.deep.equal({ title: "wan-responds", unit: "ms" });
  });

  it("refuses an end that the faults cannot take together", async () => {
    const axis = parseAxis("link-jitter.jitter=10..80ms", CATALOGUE);
    const refusal = await sweepSubject("wan-profile-burst", { axis, seed: 1 }).catch(String);
    expect(refusal).to.contain("jitterMs 80 is above delayMs 50");
  });
});
