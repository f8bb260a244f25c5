import { expect } from "chai";
import { normalUpperTail, twoSided } from "./normal.ts";

describe("the normal distribution", () => {
  it("has the published tails", () => {
    // Abramowitz & Stegun, tables 26.1 and 26.2: 1 - P(x).
    const published: [number, number][] = [
      [0, 0.5],
      [1, 0.158655253931],
      [2, 0.02275013194818],
      [3, 0.00134989803163],
      [4, 3.167124183312e-5],
      [5, 2.866515718792e-7],
      [10, 7.61985302416e-24],
    ];
    for (const [z, tail] of published) {
      expect(normalUpperTail(z) / tail, `z = ${z}`).to.be.closeTo(1, 1e-9);
      expect(normalUpperTail(-z), `z = ${-z}`).to.be.closeTo(1 - tail, 1e-12);
    }
  });

  it("has 5 % of it beyond 1.96 on both sides", () => {
    expect(twoSided(1.959963984540054)).to.be.closeTo(0.05, 1e-12);
    expect(twoSided(-2.5758293035489)).to.be.closeTo(0.01, 1e-12);
    expect([twoSided(0), twoSided(Infinity)]).to.deep.equal([1, 0]);
  });
});
