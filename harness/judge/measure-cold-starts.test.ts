import { expect } from "chai";

import type { ColdStart, RecordedRun } from "../record/model.ts";
import { phase, runOf, START } from "../record/testing.ts";
import { judge } from "./judge.ts";
import { parseObjectives } from "./objective.ts";

const cold = phase("cold-start", { kind: "scale-out" });

const coldStart = (durationMs: number, changes: Partial<ColdStart> = {}): ColdStart => ({
  ...{ phase: "cold-start", fn: "hello", durationMs, outcome: "completed", status: 200, askedAt: START },
  ...{ node: "pi4-1", deviceClass: "pi4", functionMs: 1, excluded: "" },
  ...changes,
});
const runWith = (...all: ColdStart[]): RecordedRun =>
  runOf({
    phases: [cold],
    events: all.map((one) => ({ type: "cold-start", at: START, coldStart: one })),
  });
const objective = (percentile: string, more = "") =>
  parseObjectives(
    `objectives:
  - { name: c, quantity: cold-start, percentile: ${percentile}, limit: 5s, scope: { phase: cold-start${more} } }`,
    "test.yaml",
  );
const NEVER = coldStart(60_000, { outcome: "timed-out", status: 0, node: "", deviceClass: "" });
const WARM = coldStart(3, { excluded: "the process that answered was 900 ms older than the request" });

describe("a verdict on cold starts", () => {
  it("is on the worst of all, however few", () => {
    expect(judge(runWith(coldStart(900), coldStart(2100)), objective("worst"))[0]).to.include({
      verdict: "met",
      received: 2100,
      n: 2,
    });
    expect(judge(runWith(coldStart(900), coldStart(5100)), objective("worst"))[0]?.verdict).to.equal(
      "missed",
    );
  });

  it("takes one that was never answered as infinite, for each class", () => {
    const [all] = judge(runWith(coldStart(900), NEVER), objective("worst"));
    expect(all).to.include({ verdict: "missed", received: Infinity });
    expect(all?.reason).to.contain("1 of 2 were not answered");
    const [pi4] = judge(runWith(coldStart(900), NEVER), objective("worst", ", deviceClass: pi4"));
    expect(pi4).to.include({ verdict: "missed", n: 2 });
  });

  it("leaves out, and tells, what a pod that was there before answered", () => {
    const [judged] = judge(runWith(coldStart(900), WARM), objective("worst"));
    expect(judged).to.include({ verdict: "met", received: 900, n: 1 });
    expect(judged?.reason).to.contain(
      "1 of 2 were no cold starts: the process that answered was 900 ms older",
    );
  });

  it("is never met by warm answers alone, nor by none", () => {
    expect(judge(runWith(WARM), objective("worst"))[0]?.verdict).to.equal("inconclusive");
    const none = judge(runWith(), objective("worst"))[0];
    expect(none).to.include({ verdict: "broken" });
    expect(none?.reason).to.contain("no cold start was recorded in cold-start");
  });

  it("needs as many for a percentile as its interval does", () => {
    const many = (count: number) =>
      runWith(...Array.from({ length: count }, (_, index) => coldStart(900 + index)));
    expect(judge(many(71), objective("p95"))[0]).to.include({ verdict: "inconclusive" });
    expect(judge(many(80), objective("p95"))[0]).to.include({ verdict: "met" });
  });

  it("is by class where asked, for the classes that had one", () => {
    const run = runWith(coldStart(900), coldStart(7000, { deviceClass: "pi3", node: "pi3-1" }));
    const verdicts = judge(run, objective("worst", ', deviceClass: "*"')).map(({ scope, verdict }) => [
      scope.deviceClass,
      verdict,
    ]);
    expect(verdicts).to.deep.equal([
      ["pi3", "missed"],
      ["pi4", "met"],
    ]);
  });
});
