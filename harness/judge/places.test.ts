import { expect } from "chai";

import { phase, runOf, samplesOf } from "../record/testing.ts";
import { judge } from "./judge.ts";
import { parseObjectives, type Objective } from "./objective.ts";

const typ = phase("typ");
const samples = samplesOf(typ, Array<number>(900).fill(5)).map((one) =>
  one.node === "pi3-1" ? { ...one, durationMs: 50 } : one,
);
const recorded = runOf({ phases: [typ], samples });
const p50 = (scope: Objective["scope"]): Objective => ({
  ...{ name: "fast", quantity: "response-time", percentile: "p50", limit: 10 },
  scope: { phase: "typ", ...scope },
});

describe("where requests were answered", () => {
  it("is asked by node", () => {
    const judged = judge(recorded, [p50({ node: "*" })]);
    expect(judged.map(({ scope, verdict }) => [scope.node, verdict])).to.deep.equal([
      ["cloud-1", "met"],
      ["pi3-1", "missed"],
      ["pi4-1", "met"],
    ]);
    expect(judge(recorded, [p50({ node: "pi3-1" })])[0]).to.include({ verdict: "missed", n: 300 });
  });

  it("is asked by site", () => {
    const judged = judge(recorded, [p50({ site: "*" })]);
    expect(judged.map(({ scope, verdict }) => [scope.site, verdict])).to.deep.equal([
      ["cloud", "met"],
      ["edge-a", "met"],
      ["edge-b", "missed"],
    ]);
  });

  it("may be none of them, which measures nothing", () => {
    expect(judge(recorded, [p50({ site: "moon" })])[0]).to.include({ verdict: "inconclusive", n: 0 });
  });

  it("is one of class, node and site", () => {
    const text = (scope: string): string =>
      `objectives:\n  - { name: fast, quantity: response-time, percentile: p50, limit: 10ms, scope: { ${scope} } }\n`;
    expect(() => parseObjectives(text("node: pi3-1, site: cloud"), "own.yaml")).to.throw("`scope` is not");
    expect(parseObjectives(text("site: cloud"), "own.yaml")).to.have.length(1);
  });
});
