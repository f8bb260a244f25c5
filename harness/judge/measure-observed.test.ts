import { expect } from "chai";

import type { Observation, RunEvent } from "../record/model.ts";
import { phase, runOf } from "../record/testing.ts";
import { judge } from "./judge.ts";
import { overallVerdict } from "./judgement.ts";
import { parseObjectives } from "./objective.ts";

const healed = phase("healed", { kind: "healed" });

const seen = (subject: string, value: number | undefined, changes: Partial<Observation> = {}): RunEvent => ({
  type: "observation",
  at: healed.endedAt,
  observation: {
    phase: "healed",
    observable: "overlay-recovery",
    subject,
    deviceClass: subject.slice(0, 3),
    unit: "ms",
    ...(value === undefined ? {} : { value }),
    detail: "probe at 10/s",
    ...changes,
  },
});

const objective = (text: string) =>
  parseObjectives(
    `objectives:\n  - { name: back, quantity: observation, observable: overlay-recovery, ${text} }`,
    "test.yaml",
  );

const judged = (text: string, events: RunEvent[]) =>
  judge(runOf({ phases: [healed], events }), objective(text));

const ofHealed = "scope: { phase: healed }";

describe("a verdict on what was observed", () => {
  it("holds the worst observation against the limit and says whose it is", () => {
    const [found, ...more] = judged(`limit: 1s, ${ofHealed}`, [seen("pi4-1", 800), seen("pi3-1", 1200)]);
    expect(more).to.deep.equal([]);
    expect(found).to.include({
      verdict: "missed",
      received: 1200,
      n: 2,
      expected: "overlay-recovery <= 1 s",
    });
    expect(found?.reason).to.contain("worst of 2, pi3-1");
  });

  it("can be on a ratio", () => {
    const twice = [seen("fib", 2.25, { unit: "ratio", deviceClass: "" })];
    expect(judged(`limit: "<= 3x", ${ofHealed}`, twice)[0]).to.include({
      verdict: "met",
      expected: "overlay-recovery <= 3x",
    });
    expect(judged(`limit: 1.5x, ${ofHealed}`, twice)[0]?.verdict).to.equal("missed");
    expect(judged(`limit: 3, ${ofHealed}`, twice)[0]?.verdict).to.equal("broken");
  });

  it("is missed by what never came, and broken without any observation", () => {
    expect(judged(`limit: 1s, ${ofHealed}`, [seen("pi4-1", undefined)])[0]).to.include({
      verdict: "missed",
      received: Infinity,
    });
    expect(judged(`limit: 1s, ${ofHealed}`, [])[0]?.verdict).to.equal("broken");
    expect(
      judged(`limit: ">= 1", ${ofHealed}`, [seen("pi4-1", undefined, { unit: "count" })])[0]?.verdict,
    ).to.equal("missed");
  });

  it("is one of each class or each subject when asked", () => {
    const events = [seen("pi4-1", 800), seen("pi4-2", 900), seen("pi3-1", 1200)];
    const byClass = judged(`limit: 1s, scope: { phase: healed, deviceClass: "*" }`, events);
    expect(byClass.map(({ scope, verdict }) => [scope.deviceClass, verdict])).to.deep.equal([
      ["pi4", "met"],
      ["pi3", "missed"],
    ]);
    expect(judged(`limit: 1s, scope: { phase: healed, subject: "*" }`, events)).to.have.length(3);
    expect(judged(`limit: 1s, scope: { phase: healed, subject: pi4-1 }`, events)[0]?.verdict).to.equal("met");
  });

  it("is of a pair whichever end is named first", () => {
    const [one] = judged(`limit: 1s, scope: { phase: healed, subject: a <-> b }`, [seen("b <-> a", 5)]);
    expect(one).to.include({ verdict: "met", n: 1 });
    const [other] = judged(`limit: 1s, scope: { phase: healed, subject: a <-> c }`, [seen("b <-> a", 5)]);
    expect(other?.verdict).to.equal("broken");
  });

  it("can ask for exactly none, for at least some, and for an exact count", () => {
    const count = (value: number) => [seen("", value, { unit: "count" })];
    expect(judged(`limit: 0, ${ofHealed}`, count(0))[0]?.verdict).to.equal("met");
    expect(judged(`limit: 0, ${ofHealed}`, count(1))[0]?.verdict).to.equal("missed");
    expect(judged(`limit: ">= 1", ${ofHealed}`, count(0))[0]?.verdict).to.equal("missed");
    expect(judged(`limit: "= 2", ${ofHealed}`, count(2))[0]?.verdict).to.equal("met");
    expect(judged(`limit: "= 2", ${ofHealed}`, count(3))[0]?.verdict).to.equal("missed");
    expect(judged(`limit: "= 2", ${ofHealed}`, count(1))[0]?.verdict).to.equal("missed");
  });

  it("is broken where the limit is in another unit than the observation", () => {
    expect(judged(`limit: 5, ${ofHealed}`, [seen("pi4-1", 3)])[0]?.verdict).to.equal("broken");
  });

  it("does not depend on a busy host unless it is a time", () => {
    const busy = { phase: "healed", cores: 2, cpuBusy: 1, cpuSteal: 0, psiCpuSome: 0.99 };
    const of = (events: RunEvent[], text: string) =>
      judge(runOf({ phases: [healed], events, pressure: [busy] }), objective(text))[0]?.verdict;
    expect(of([seen("", 0, { unit: "count" })], `limit: 0, ${ofHealed}`)).to.equal("met");
    expect(of([seen("", 1)], `limit: 1s, ${ofHealed}`)).to.equal("inconclusive");
  });
});

describe("a known failure", () => {
  const known = `limit: 1s, knownFailure: "nebula#1748", ${ofHealed}`;

  it("is reported as missed and does not fail the run", () => {
    const found = judged(known, [seen("pi4-1", undefined)]);
    expect(found[0]?.verdict).to.equal("missed");
    expect(found[0]?.reason).to.contain("known failure: nebula#1748");
    expect(overallVerdict(found)).to.equal("met");
  });

  it("says so when it was met, and still cannot hide a broken run", () => {
    expect(judged(known, [seen("pi4-1", 10)])[0]?.reason).to.contain("met, though a failure is known");
    expect(overallVerdict(judged(known, []))).to.equal("broken");
  });
});

describe("a phase that a guard rail ended", () => {
  it("is broken, and so are phases that were not run after it", () => {
    const abort: RunEvent = { type: "abort", at: 0, phase: "fault", reason: "55 % errors" };
    const run = runOf({ phases: [phase("fault")], events: [abort] });
    const after = judge(run, objective(`limit: 1s, ${ofHealed}`))[0];
    expect(after?.verdict).to.equal("broken");
    expect(after?.reason).to.contain("a guard rail ended phase fault: 55 % errors");
    const within = judge(run, objective(`limit: 1s, scope: { phase: fault }`))[0];
    expect(within?.reason).to.contain("a guard rail ended the phase: 55 % errors");
  });
});

describe("a rehearsal", () => {
  it("decides nothing", () => {
    const run = runOf({ phases: [healed], events: [seen("pi4-1", 10)] });
    const paced = { ...run, header: { ...run.header, settings: { pace: 0.2 } } };
    expect(judge(paced, objective(`limit: 1s, ${ofHealed}`))[0]?.verdict).to.equal("inconclusive");
  });
});
