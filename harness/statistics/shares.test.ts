import { expect } from "chai";
import { sameShares, shareDifference } from "./shares.ts";

const of = (hits: number, n: number, inflation = 1) => ({ hits, n, inflation });

describe("two shares", () => {
  it("have the published intervals of their difference", () => {
    // Newcombe 1998, table II, method 10; the first share there is the second one here.
    const published: [number, number, number, number, number, number][] = [
      [56, 70, 48, 80, 0.0524, 0.3339],
      [9, 10, 3, 10, 0.1705, 0.809],
      [6, 7, 2, 7, 0.0582, 0.8062],
      [5, 56, 0, 29, -0.0381, 0.1926],
      [0, 10, 0, 20, -0.1611, 0.2775],
      [10, 10, 0, 10, 0.6075, 1],
    ];
    for (const [a, m, b, n, low, high] of published) {
      const found = shareDifference(of(b, n), of(a, m));
      expect(found.low, `${a}/${m} - ${b}/${n}`).to.be.closeTo(low, 5e-5);
      expect(found.high, `${a}/${m} - ${b}/${n}`).to.be.closeTo(high, 5e-5);
    }
  });

  it("have the p value of the chi-squared test of their table", () => {
    // 56/70 against 48/80: chi² = 7.0234 with one degree of freedom, without continuity: p = 0.0080.
    expect(sameShares(of(48, 80), of(56, 70))).to.be.closeTo(0.008045, 5e-7);
    expect(sameShares(of(0, 80), of(0, 70))).to.equal(1);
  });

  it("say less where errors come in bursts", () => {
    expect(sameShares(of(10, 1000, 5), of(30, 1000, 5))).to.be.above(sameShares(of(10, 1000), of(30, 1000)));
    const burst = shareDifference(of(10, 1000, 5), of(30, 1000, 5));
    const single = shareDifference(of(10, 1000), of(30, 1000));
    expect(burst.low < single.low && burst.high > single.high).to.equal(true);
  });
});
