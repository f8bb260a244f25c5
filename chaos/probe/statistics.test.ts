import { expect } from "chai";
import { Random } from "../../harness/statistics/random.ts";
import {
  clopperPearson,
  median,
  medianInterval,
  normalQuantile,
  robustSd,
  robustSdError,
  sidak,
} from "./statistics.ts";

describe("The statistics of receipts", () => {
  it("give Clopper and Pearson's interval as R prints it for 682 of 925 (?binom.test; Conover 1971, p. 97)", () => {
    const { low, high } = clopperPearson(682, 925, 0.05);
    expect([low.toFixed(7), high.toFixed(7)]).to.deep.equal(["0.7076683", "0.7654066"]);
  });

  it("give the interval that the binomial tails define, summed term by term", () => {
    for (const [successes, trials] of [
      [15, 148],
      [1, 29],
      [9, 180],
    ] as const) {
      const { low, high } = clopperPearson(successes, trials, 0.01);
      expect(1 - binomialBelow(successes, trials, low)).to.be.closeTo(0.005, 1e-9);
      expect(binomialBelow(successes + 1, trials, high)).to.be.closeTo(0.005, 1e-9);
    }
  });

  it("give an interval whose ends have exactly the tail probabilities asked for", () => {
    // With all lost or none the bounds are closed: (alpha/2)^(1/n).
    expect(clopperPearson(0, 500, 1e-4).high).to.be.closeTo(1 - 5e-5 ** (1 / 500), 1e-12);
    expect(clopperPearson(500, 500, 1e-4).low).to.be.closeTo(5e-5 ** (1 / 500), 1e-12);
  });

  it("give the normal quantiles of the tables", () => {
    for (const [p, z] of [
      [0.5, 0],
      [0.975, 1.959964],
      [0.995, 2.575829],
      [0.9995, 3.290527],
      [0.99995, 3.890592],
    ]) {
      expect(normalQuantile(p!)).to.be.closeTo(z!, 1e-6);
    }
    expect(normalQuantile(0.025)).to.be.closeTo(-1.959964, 1e-6);
  });

  it("share a false alarm among all checks", () => {
    const each = sidak(0.001, 90);
    expect(1 - (1 - each) ** 90).to.be.closeTo(0.001, 1e-12);
    expect(sidak(0.001, 1)).to.be.closeTo(0.001, 1e-15);
  });

  it("give median and robust sd that outliers do not move", () => {
    expect(median([3, 1, 2])).to.equal(2);
    expect(median([4, 1, 2, 3])).to.equal(2.5);
    const random = new Random(3);
    const values = Array.from({ length: 20_000 }, () => 10 + 2 * random.normal());
    const spoiled = values.map((value, i) => (i % 100 === 0 ? value + 1000 : value));
    expect(robustSd(values)).to.be.closeTo(2, 5 * 2 * robustSdError(20_000));
    expect(robustSd(spoiled)).to.be.closeTo(2, 0.1);
  });

  it("give an interval of the median that covers it as often as it says", () => {
    const random = new Random(11);
    let missed = 0;
    for (let run = 0; run < 2000; run++) {
      const { low, high } = medianInterval(
        Array.from({ length: 100 }, () => random.normal()),
        0.05,
      );
      if (low > 0 || high < 0) missed++;
    }
    expect(missed / 2000).to.be.below(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 2000));
    expect(missed / 2000).to.be.above(0.01);
  });
});

/** P(X < k) for X ~ Binomial(n, p). */
function binomialBelow(k: number, n: number, p: number): number {
  let term = (1 - p) ** n;
  let sum = 0;
  for (let i = 0; i < k; i++) {
    sum += term;
    term *= ((n - i) / (i + 1)) * (p / (1 - p));
  }
  return sum;
}
