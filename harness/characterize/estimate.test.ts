import { expect } from "chai";

import { Random } from "../statistics/random.ts";
import { meanRatioEstimate, medianEstimate, quantileEstimate, ratioEstimate, spread } from "./estimate.ts";
import { figure } from "./testing.ts";

describe("An estimate", () => {
  it("of a median needs six values for an interval, and none gives none", () => {
    expect(medianEstimate([5, 1, 3, 2, 4])).to.deep.equal({ value: 3, n: 5 });
    expect(medianEstimate([5, 1, 3, 2, 4, 6])).to.deep.equal({ value: 3, low: 1, high: 6, n: 6 });
    expect(quantileEstimate([], 0.5)).to.equal(undefined);
  });

  it("of a ratio spans the extremes of both intervals", () => {
    expect(
      ratioEstimate({ value: 4, low: 3, high: 5, n: 9 }, { value: 2, low: 1, high: 4, n: 7 }),
    ).to.deep.equal({
      ...{ value: 2, n: 7, low: 0.75, high: 5 },
    });
    expect(ratioEstimate({ value: 4, n: 2 }, figure(2))).to.deep.equal({ value: 2, n: 2 });
    expect(ratioEstimate(undefined, figure(2))).to.equal(undefined);
    expect(ratioEstimate(figure(2), figure(0))).to.equal(undefined);
  });

  it("of the ratio of means holds the true ratio nearly as often as it says", () => {
    const random = new Random(7);
    const drawn = (mean: number, n: number) => Array.from({ length: n }, () => mean + random.normal() * 5);
    const held = Array.from({ length: 200 }, () => meanRatioEstimate(drawn(70, 20), drawn(100, 5))!).filter(
      ({ low, high }) => low! <= 0.7 && high! >= 0.7,
    ).length;
    // 95 % of 200 are 190; five values of the short stretch take some away.
    expect(held).to.be.within(160, 200);
  });

  it("has an infinite spread without an interval", () => {
    expect(spread(figure(100))).to.be.closeTo(0.04, 1e-12);
    expect(spread({ value: 100, low: 90, n: 3 })).to.equal(Infinity);
  });
});
