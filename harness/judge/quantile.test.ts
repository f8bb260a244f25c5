import { expect } from "chai";
import fc from "fast-check";
import { betaCdf, betaQuantile, binomialCdf, logGamma } from "../statistics/beta.ts";
import { estimateQuantile, minimumSamples, quantile, quantileRanks, sorted } from "./quantile.ts";
import { minimumTrials, proportionInterval } from "./proportion.ts";

/** Sum of the probabilities, as the definition has it; in logarithms, for 0.1^322 is not a double. */
const binomialSum = (k: number, n: number, p: number): number => {
  let term = n * Math.log1p(-p);
  let sum = 0;
  for (let i = 0; i <= k; i++) {
    sum += Math.exp(term);
    term += Math.log(((n - i) / (i + 1)) * (p / (1 - p)));
  }
  return sum;
};

describe("the beta and binomial distributions", () => {
  it("have the log gamma of factorials", () => {
    for (let n = 1, factorial = 1; n < 20; factorial *= n, n++) {
      expect(logGamma(n)).to.be.closeTo(Math.log(factorial), 1e-12);
    }
    expect(logGamma(0.5)).to.be.closeTo(Math.log(Math.sqrt(Math.PI)), 1e-13);
  });

  it("agree with the sum of binomial probabilities", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (n, p) => {
          const k = Math.floor(n * p);
          expect(binomialCdf(k, n, p)).to.be.closeTo(binomialSum(k, n, p), 1e-10);
        },
      ),
    );
  });

  it("stay accurate for a hundred thousand samples", () => {
    // Symmetric: P(B <= n/2 - 1) = (1 - P(B = n/2)) / 2, and P(B = n/2) ~ sqrt(2 / (pi n)).
    const n = 100_000;
    const middle = Math.sqrt(2 / (Math.PI * n)) * (1 - 1 / (4 * n));
    expect(binomialCdf(n / 2 - 1, n, 0.5)).to.be.closeTo((1 - middle) / 2, 1e-9);
  });

  it("have a quantile that is the inverse", () => {
    const shape = fc.double({ min: 0.5, max: 500, noNaN: true });
    fc.assert(
      fc.property(shape, shape, fc.double({ min: 0.001, max: 0.999, noNaN: true }), (a, b, p) => {
        expect(betaCdf(betaQuantile(p, a, b), a, b)).to.be.closeTo(p, 1e-9);
      }),
    );
  });
});

describe("the interval of a quantile", () => {
  it("has the published ranks for the median at 95 %", () => {
    // Table of order statistic intervals for the median: Conover, Practical Nonparametric Statistics, table A3 / 3.2;
    // also Hahn & Meeker, table A.15.
    const published: [number, number, number][] = [
      [6, 1, 6],
      [8, 1, 8],
      [9, 2, 8],
      [10, 2, 9],
      [15, 4, 12],
      [20, 6, 15],
      [25, 8, 18],
      [100, 40, 61],
    ];
    for (const [n, low, high] of published) {
      expect(quantileRanks(n, 0.5), `n = ${n}`).to.deep.equal({ low, high });
    }
  });

  it("needs 59 samples for a one-sided 95 % bound on p95 and 299 on p99, as Wilks found", () => {
    // Wilks 1941: the largest of n bounds the q-quantile with confidence 1 - q^n. One-sided 95 % is the upper end of
    // a two-sided 90 % interval.
    expect(quantileRanks(58, 0.95, 0.9).high).to.equal(undefined);
    expect(quantileRanks(59, 0.95, 0.9).high).to.equal(59);
    expect(quantileRanks(298, 0.99, 0.9).high).to.equal(undefined);
    expect(quantileRanks(299, 0.99, 0.9).high).to.equal(299);
    expect(minimumSamples(0.95, 0.9)).to.equal(59);
    expect(minimumSamples(0.99, 0.9)).to.equal(299);
  });

  it("exists from 6 samples for p50, 72 for p95 and 368 for p99, and not from one fewer", () => {
    const fewest: [number, number][] = [
      [0.5, 6],
      [0.95, 72],
      [0.99, 368],
    ];
    for (const [q, n] of fewest) {
      expect(minimumSamples(q)).to.equal(n);
      const { low, high } = quantileRanks(n, q);
      expect(low, `low of ${q}`).to.be.a("number");
      expect(high, `high of ${q}`).to.equal(n);
      const fewer = quantileRanks(n - 1, q);
      expect(fewer.high === undefined || fewer.low === undefined).to.equal(true);
    }
  });

  it("covers the quantile with at least the confidence that it claims, in exact arithmetic", () => {
    fc.assert(
      fc.property(fc.integer({ min: 72, max: 600 }), fc.constantFrom(0.5, 0.9, 0.95), (n, q) => {
        const { low, high } = quantileRanks(n, q);
        const coverage = binomialSum(high! - 1, n, q) - binomialSum(low! - 1, n, q);
        expect(coverage).to.be.at.least(0.95 - 1e-12);
      }),
    );
  });

  it("encloses the point estimate, which is one of the samples", () => {
    const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 72, maxLength: 300 });
    fc.assert(
      fc.property(values, (durations) => {
        const { value, low, high, n } = estimateQuantile(sorted(durations), 0.95);
        expect(durations).to.include(value);
        expect(low <= value && value <= high).to.equal(true);
        expect(n).to.equal(durations.length);
      }),
    );
  });

  it("takes a share of infinite values for what it is", () => {
    const durations = sorted(Array.from({ length: 1000 }, (_, index) => (index < 20 ? Infinity : index)));
    expect(quantile(durations, 0.99)).to.equal(Infinity);
    expect(quantile(durations, 0.95)).to.equal(969);
  });

  it("has the rank that exact arithmetic gives", () => {
    const hundred = sorted(Array.from({ length: 100 }, (_, index) => index + 1));
    expect([0.5, 0.95, 0.99].map((q) => quantile(hundred, q))).to.deep.equal([50, 95, 99]);
    expect(quantile(sorted([]), 0.5)).to.deep.equal(NaN);
  });
});

describe("the interval of a proportion", () => {
  it("has the published Clopper-Pearson limits", () => {
    const published: [number, number, number, number][] = [
      [0, 10, 0, 0.3085],
      [10, 10, 0.6915, 1],
      [1, 10, 0.0025, 0.445],
      [10, 100, 0.049, 0.1762],
      [5, 100, 0.0164, 0.1128],
    ];
    for (const [successes, trials, low, high] of published) {
      const interval = proportionInterval(successes, trials);
      expect(interval.low, `low of ${successes}/${trials}`).to.be.closeTo(low, 5e-5);
      expect(interval.high, `high of ${successes}/${trials}`).to.be.closeTo(high, 5e-5);
    }
  });

  it("says nothing without trials", () => {
    expect(proportionInterval(0, 0)).to.deep.equal({ low: 0, high: 1 });
  });

  it("needs 368 requests without an error to stay below 1 %", () => {
    expect([0.05, 0.01, 0.001].map((limit) => minimumTrials(limit))).to.deep.equal([72, 368, 3688]);
    expect(proportionInterval(0, 368).high).to.be.at.most(0.01);
    expect(proportionInterval(0, 367).high).to.be.greaterThan(0.01);
  });
});
