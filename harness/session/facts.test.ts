import { expect } from "chai";

import { phase, samplesOf } from "../record/testing.ts";
import type { Sample } from "../record/model.ts";
import { NodeOutage } from "./node-outage.ts";
import { firstAnswers } from "./scale-out.ts";

const [one] = samplesOf(phase("kill"), [1]);
const sample = (changes: Partial<Sample>): Sample => ({ ...one!, ...changes });
const at = (startedAt: number, durationMs: number, changes: Partial<Sample> = {}): Sample =>
  sample({ intendedAt: startedAt, startedAt, durationMs, ...changes });

describe("requests around a node's failure", () => {
  const outage = (samples: Sample[]) => {
    const seen = new NodeOutage("kill", "pi4-1", "pi4");
    seen.killed(1000);
    seen.requests(samples);
    return seen.facts;
  };

  it("give the end of the first and of the last one that did not complete", () => {
    const facts = outage([
      at(1500, 2000, { outcome: "timed-out" }),
      at(1100, 50, { outcome: "failed" }),
      at(1600, 5),
      at(3000, 400, { outcome: "failed" }),
      at(9000, 5),
    ]);
    expect(facts).to.include({ firstErrorAt: 1150, lastErrorAt: 3500 });
  });

  it("do not blame the failure for errors that were over before it", () => {
    const facts = outage([at(900, 20, { outcome: "failed" }), at(1200, 10)]);
    expect(facts).to.not.have.any.keys("firstErrorAt", "lastErrorAt");
  });

  it("count one that was under way when the node died", () => {
    const facts = outage([at(990, 510, { outcome: "failed" })]);
    expect(facts).to.include({ firstErrorAt: 1500, lastErrorAt: 1500 });
  });

  it("say nothing where all completed", () => {
    expect(outage([at(1200, 10), at(1300, 10)])).to.not.have.any.keys("firstErrorAt", "lastErrorAt");
  });
});

describe("first answers of pods", () => {
  it("are the earliest end of a completed request for each pod, whatever the order of the samples", () => {
    const first = firstAnswers([
      at(100, 50, { pod: "a" }),
      at(90, 30, { pod: "a" }),
      at(95, 500, { pod: "b" }),
      at(10, 1, { pod: "c", outcome: "failed" }),
      at(10, 1, { pod: "b", outcome: "timed-out" }),
    ]);
    expect([...first]).to.have.deep.members([
      ["a", 120],
      ["b", 595],
    ]);
  });

  it("count from the intended start, as durations do", () => {
    const late = sample({ intendedAt: 100, startedAt: 180, durationMs: 100, pod: "a" });
    expect(firstAnswers([late]).get("a")).to.equal(200);
  });
});
