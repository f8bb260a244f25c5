import { expect } from "chai";

import { minimumSamples } from "../judge/quantile.ts";
import { timePlan } from "./time-plan.ts";

describe("The time plan", () => {
  it("measures five nodes of one host, one after the other, in less than a minute, with enough for intervals", () => {
    const plan = timePlan(5, true, undefined);
    expect(plan.totalMs).to.be.below(60_000);
    expect(plan.stretches).to.be.at.least(minimumSamples(0.5));
    expect(plan.sustainedMs).to.be.at.least(2500);
    expect(plan.transfersMs).to.be.at.least(20 * 2 * 200);
  });

  it("gives more time to more nodes, unless a budget says otherwise", () => {
    expect(timePlan(12, true, undefined).totalMs).to.be.above(60_000);
    expect(() => timePlan(12, true, 60_000)).to.throw(/60 s are too short/);
    expect(() => timePlan(5, true, 10_000)).to.throw(/too short/);
    expect(timePlan(12, false, 120_000).totalMs).to.equal(120_000);
  });

  it("makes more of a larger budget: stretches and transfers", () => {
    const small = timePlan(3, true, undefined);
    const large = timePlan(3, true, 120_000);
    expect(large.stretches).to.be.above(small.stretches);
    expect(large.transfersMs).to.be.above(small.transfersMs);
  });

  it("of one node has no network", () => {
    expect(timePlan(1, true, undefined)).to.include({ transfersMs: 0 });
  });
});
