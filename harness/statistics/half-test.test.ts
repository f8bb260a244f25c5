import { expect } from "chai";

import { halfTest, sideOfHalf } from "./half-test.ts";
import { Random } from "./random.ts";

const outcomes = (text: string): boolean[] => Array.from(text, (one) => one === "+");

describe("the sequential test of one half", () => {
  const test = halfTest(0.005, 13);

  it("decides after 8 of 8, or 12 of 13, and on either side alike", () => {
    expect(sideOfHalf(test, outcomes("+++++++"))).to.equal("open");
    expect(sideOfHalf(test, outcomes("++++++++"))).to.equal("above");
    expect(sideOfHalf(test, outcomes("--------"))).to.equal("below");
    expect(sideOfHalf(test, outcomes("++-+++++++++"))).to.equal("open");
    expect(sideOfHalf(test, outcomes("++-++++++++++"))).to.equal("above");
    expect(sideOfHalf(test, outcomes("++-+++++-++++"))).to.equal("open");
  });

  it("keeps its first decision, whatever comes after", () => {
    expect(sideOfHalf(test, outcomes("++++++++-----"))).to.equal("above");
  });

  it("errs no more often than it says, looked at after every trial, and its own count of that is exact", () => {
    // All 2^13 sequences at one half.
    let wrong = 0;
    for (let bits = 0; bits < 2 ** 13; bits++) {
      const sequence = Array.from({ length: 13 }, (_, index) => ((bits >> index) & 1) === 1);
      if (sideOfHalf(test, sequence) === "above") wrong++;
    }
    expect(wrong / 2 ** 13).to.equal(test.level);
    expect(test.level).to.be.at.most(0.005);
  });

  it("has the same boundaries for a longer horizon, so that a point may be gone on with", () => {
    const longer = halfTest(0.005, 39);
    expect(longer.limit.slice(0, 2)).to.deep.equal(test.limit.slice(0, 2));
    expect(longer.level).to.be.at.most(0.005);
  });

  it("decides nothing where its trials are too few", () => {
    expect(halfTest(0.005, 7).level).to.equal(0);
  });

  it("puts a share of 95 % on the right side nearly always", () => {
    const random = new Random(3);
    const long = halfTest(0.005, 39);
    const sides = Array.from({ length: 500 }, () =>
      sideOfHalf(
        long,
        Array.from({ length: 39 }, () => random.next() < 0.95),
      ),
    );
    expect(sides.filter((side) => side === "below")).to.have.length(0);
    expect(sides.filter((side) => side === "above").length).to.be.above(485);
  });
});
