import { expect } from "chai";

import { compareRuns } from "../compare/compare.ts";
import type { LoadAccount, RecordedRun, Sample } from "../record/model.ts";
import { accountsOf, phase, runOf, samplesOf } from "../record/testing.ts";
import { judge } from "./judge.ts";
import type { Judgement } from "./judgement.ts";
import { parseObjectives } from "./objective.ts";

const cell = phase("overhead-lcl");
const times = (n: number, ms: number): number[] => Array.from({ length: n }, () => ms);
const closedOnes = (durations: readonly number[]): Sample[] =>
  samplesOf(cell, durations).map((sample) => ({ ...sample, model: "closed" }));
const closedAccount = (samples: readonly Sample[], changes: Partial<LoadAccount> = {}): LoadAccount => ({
  ...accountsOf(samples)[0]!,
  ...{ model: "closed", users: 1, thinkMs: 200 },
  ...changes,
});

/** The open load takes 900 ms a request, the closed one 10 ms. */
const run = (changes: Partial<LoadAccount> = {}): RecordedRun => {
  const [open, closed] = [samplesOf(cell, times(100, 900)), closedOnes(times(80, 10))];
  const accounts = [...accountsOf(open), closedAccount(closed, changes)];
  return runOf({ phases: [cell], samples: [...open, ...closed], accounts });
};

const ask = (recorded: RecordedRun, scope: string, what = "percentile: p95"): Judgement => {
  const quantity = what.startsWith("percentile") ? "response-time" : "error-rate";
  const limit = quantity === "response-time" ? "500ms" : "10%";
  const text = `objectives:\n  - { name: fast, quantity: ${quantity}, ${what ? `${what}, ` : ""}limit: ${limit}, scope: { ${scope} } }`;
  const [found, ...more] = judge(recorded, parseObjectives(text, "x.yaml"));
  expect(more).to.deep.equal([]);
  return found!;
};

describe("a phase with a closed load and an open one", () => {
  it("is judged by the open one, unless an objective names the other", () => {
    expect(ask(run(), "phase: overhead-lcl")).to.include({ verdict: "missed", received: 900, n: 100 });
    expect(ask(run(), "phase: overhead-lcl, model: closed")).to.include({
      ...{ verdict: "met", received: 10, n: 80 },
      expected: "p95 (closed model) <= 500 ms",
    });
    expect(ask(run(), "phase: overhead-lcl, model: closed", "").n).to.equal(80);
  });

  it("has no open load if all of it was closed", () => {
    const closed = closedOnes(times(80, 10));
    const only = runOf({ phases: [cell], samples: closed, accounts: [closedAccount(closed)] });
    expect(ask(only, "phase: overhead-lcl")).to.include({ verdict: "broken" });
    expect(ask(only, "phase: overhead-lcl").reason).to.include("there was no load in overhead-lcl");
  });

  it("is broken by lost requests of either, and left open by fewer than planned of the one that is asked about", () => {
    expect(ask(run({ completed: 79 }), "phase: overhead-lcl").verdict).to.equal("broken");
    const fewer = run({ planned: 100 });
    expect(ask(fewer, "phase: overhead-lcl").verdict).to.equal("missed");
    expect(ask(fewer, "phase: overhead-lcl, model: closed").verdict).to.equal("inconclusive");
  });

  it("is compared by its open load alone", () => {
    const { comparisons } = compareRuns(run(), run(), { effect: 0.05, seed: 1 });
    expect(comparisons.length).to.be.above(0);
    for (const { base } of comparisons) expect(base).to.be.oneOf([900, 0]);
  });
});

describe("an objective about several phases", () => {
  it("has a result for each whose name begins so", () => {
    const phases = ["overhead-lcl", "overhead-typ", "overheads"].map((name) => phase(name));
    const samples = phases.flatMap((one) => samplesOf(one, times(100, 10)));
    const text =
      "objectives:\n  - { name: x, quantity: response-time, percentile: p95, limit: 1s, scope: { phase: overhead-* } }";
    const judged = judge(runOf({ phases, samples }), parseObjectives(text, "x.yaml"));
    expect(judged.map(({ scope }) => scope.phase)).to.deep.equal(["overhead-lcl", "overhead-typ"]);
  });

  it("cannot have its star elsewhere", () => {
    const text = "objectives:\n  - { name: x, quantity: error-rate, limit: 1%, scope: { phase: '*-lcl' } }";
    expect(() => parseObjectives(text, "x.yaml")).to.throw();
  });
});
