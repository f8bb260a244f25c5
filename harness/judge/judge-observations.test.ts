import { expect } from "chai";
import type { RecordedRun, Verdict } from "../record/model.ts";
import { nodeFailure, phase, pods, receipt, runOf, samplesOf, START } from "../record/testing.ts";
import { judge } from "./judge.ts";
import type { Judgement } from "./judgement.ts";
import type { Objective } from "./objective.ts";

/** 1..n ms. */
const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

const only = (judgements: readonly Judgement[]): Judgement => {
  expect(judgements).to.have.length(1);
  return judgements[0]!;
};

const verdictOf = (recorded: RecordedRun, objective: Objective): Verdict =>
  only(judge(recorded, [objective])).verdict;

describe("a verdict on scale-out", () => {
  const out = phase("scale-out", { kind: "scale-out" });
  const scaled = (readyAfter: (number | undefined)[], from = 0): RecordedRun => {
    const scaleOut = { phase: out.name, from, to: from + readyAfter.length, askedAt: START };
    const event = { ...scaleOut, pods: pods(START, readyAfter) };
    return runOf({ phases: [out], events: [{ type: "scale-out", at: START, scaleOut: event }] });
  };
  const ready = (toReady: number | "all", scope: Objective["scope"] = {}): Objective => ({
    name: "ready",
    quantity: "scale-out",
    toReady,
    limit: 5000,
    scope,
  });

  it("rests on the moment at which the last of the wanted pods was ready", () => {
    const judged = only(judge(scaled([3000, 1000, 4000, 9000]), [ready(3)]));
    expect(judged).to.include({ verdict: "met", received: 4000, n: 1, interval: undefined });
    expect(verdictOf(scaled([3000, 1000, 4000, 9000]), ready("all"))).to.equal("missed");
  });

  it("counts a pod that never started as infinite", () => {
    const judged = only(judge(scaled([1000, undefined]), [ready(2)]));
    expect(judged).to.include({ verdict: "missed", received: Infinity });
    expect(judged.reason).to.contain("1 of 2 pods");
  });

  it("counts pods that were there before", () => {
    expect(only(judge(scaled([1000, 2000], 1), [ready(3)])).received).to.equal(2000);
  });

  it("asks for answers where the objective does", () => {
    const { toReady: _, ...rest } = ready(2) as Objective & { quantity: "scale-out" };
    expect(only(judge(scaled([1000, 2000]), [{ ...rest, toAnswering: 2 }])).received).to.equal(2100);
  });

  it("is broken when fewer pods were asked for, or none", () => {
    expect(verdictOf(scaled([1000]), ready(8))).to.equal("broken");
    expect(only(judge(runOf({ phases: [out] }), [ready(1)])).reason).to.contain("no scale-out was recorded");
  });

  it("of a class takes the pods on its nodes, and does not decide where pods got to no node", () => {
    const scope = { deviceClass: "*" };
    const received = judge(scaled([1000, 2000, 6000]), [ready("all", scope)]);
    expect(received.map((one) => [one.scope.deviceClass, one.received, one.verdict])).to.deep.equal([
      ["pi3", 6000, "missed"],
      ["pi4", 2000, "met"],
      ["vm-medium", 1000, "met"],
    ]);
    const stuck = judge(scaled([1000, undefined, 1000]), [ready("all", { deviceClass: "vm-medium" })]);
    expect(only(stuck).verdict).to.equal("inconclusive");
  });
});

describe("a verdict on recovery", () => {
  const kill = phase("node-kill", { kind: "fault", faults: ["node-kill"] });
  const killed = (changes = {}, samples = samplesOf(kill, upTo(200))): RecordedRun =>
    runOf({
      phases: [kill],
      samples,
      events: [
        { type: "node-failure", at: START, nodeFailure: nodeFailure(kill.name, changes) },
        { type: "receipt", at: START, receipt: receipt("node-kill", kill.name) },
      ],
    });
  const recovery = (measure: (Objective & { quantity: "recovery" })["measure"]): Objective => ({
    name: "recovery",
    quantity: "recovery",
    measure,
    limit: 10_000,
    scope: { phaseKind: "fault" },
  });

  it("rests on offsets from the kill, or from the restart", () => {
    const received = (
      ["time-to-not-ready", "time-to-replacement-ready", "error-window", "time-to-node-ready-again"] as const
    ).map((measure) => only(judge(killed(), [recovery(measure)])).received);
    expect(received).to.deep.equal([9000, 13_000, 9500, 6000]);
  });

  it("is missed for what never happened", () => {
    const { notReadyAt: _, ...never } = nodeFailure(kill.name);
    const recorded = killed();
    recorded.events = recorded.events.map((event) =>
      event.type === "node-failure" ? { ...event, nodeFailure: never } : event,
    );
    expect(verdictOf(recorded, recovery("time-to-not-ready"))).to.equal("missed");
  });

  it("does not believe in an end of errors that nothing shows", () => {
    const judged = only(judge(killed({ lastErrorAt: START + 20_000 }), [recovery("error-window")]));
    expect(judged).to.include({ verdict: "missed", received: Infinity });
  });
});
