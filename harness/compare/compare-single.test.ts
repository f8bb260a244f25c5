import { expect } from "chai";

import { evidenceOf } from "../judge/evidence.ts";
import type { NodeFailure, RunEvent } from "../record/model.ts";
import { nodeFailure, phase, pods, runOf, samplesOf, START } from "../record/testing.ts";
import { singleObservations } from "./compare-single.ts";

const kill = phase("kill", { kind: "fault" });
const side = (...events: RunEvent[]) => ({
  evidence: evidenceOf(runOf({ phases: [kill], samples: samplesOf(kill, [10, 10, 10]), events })),
  phase: kill,
});
const scaleOut = (readyAfter: number[]): RunEvent => ({
  type: "scale-out",
  at: START,
  scaleOut: { phase: "kill", from: 0, to: readyAfter.length, askedAt: START, pods: pods(START, readyAfter) },
});
const failure = (changes: Partial<NodeFailure> = {}): RunEvent => ({
  type: "node-failure",
  at: START,
  nodeFailure: nodeFailure("kill", changes),
});

describe("comparing single observations", () => {
  it("shows scale-outs with their change, and lets one observation decide nothing", () => {
    const found = singleObservations(side(scaleOut([1000, 2000])), side(scaleOut([1000, 3000])), 0.05);
    expect(found.map(({ quantity, base, head }) => [quantity, base, head])).to.deep.equal([
      ["all pods ready", 2000, 3000],
      ["all pods answering", 2100, 3100],
    ]);
    expect(found[0]).to.deep.include({ change: 0.5, interval: undefined, p: undefined });
    expect(found[0]!.doubts).to.deep.equal(["a single observation in each run"]);
  });

  it("shows each part of a recovery by device class", () => {
    const base = failure();
    const head = failure({ notReadyAt: START + 18_000 });
    const found = singleObservations(side(base), side(head), 0.05);
    const noticed = found.find(({ quantity }) => quantity === "kill -> node NotReady")!;
    expect(noticed).to.deep.include({ base: 9000, head: 18_000, change: 1 });
    expect(noticed.scope).to.deep.equal({ phase: "kill", profile: "lcl", function: "", deviceClass: "pi4" });
    expect(found.map(({ quantity }) => quantity)).to.include.members([
      "kill -> replacement ready",
      "restart -> node Ready",
    ]);
  });

  it("holds no class against another, and nothing against what one run lacks", () => {
    const found = singleObservations(side(failure()), side(failure({ deviceClass: "pi3" })), 0.05);
    expect(found).to.deep.equal([]);
    expect(singleObservations(side(failure()), side(scaleOut([1000])), 0.05)).to.deep.equal([]);
  });

  it("knows no change between two things that never happened", () => {
    const { notReadyAt: _noticed, ...never } = nodeFailure("kill");
    const event: RunEvent = { type: "node-failure", at: START, nodeFailure: never };
    const [found] = singleObservations(side(event), side(event), 0.05);
    expect([found!.base, found!.head, found!.change]).to.deep.equal([Infinity, Infinity, undefined]);
  });
});
