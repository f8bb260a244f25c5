import { expect } from "chai";
import { Random } from "./random.ts";
import { autocovariances, blockLength, serialInflation } from "./serial.ts";

/** x_i = φ x_(i-1) + e_i: its autocorrelations are φ^k, its variance inflation (1 + φ) / (1 - φ). */
const autoregressive = (phi: number, n: number, seed: number): Float64Array => {
  const random = new Random(seed);
  let x = random.normal() / Math.sqrt(1 - phi * phi);
  return Float64Array.from({ length: n }, () => (x = phi * x + random.normal()));
};

describe("serial correlation", () => {
  it("has autocovariances as the definition gives them", () => {
    // 1, 2, 3, 4 less 2.5: sum of squares 5; neighbours -1.5*-0.5 - 0.25 + 0.75 = 1.25.
    expect([...autocovariances([1, 2, 3, 4], 1)]).to.deep.equal([1.25, 0.3125]);
  });

  it("of an autoregressive series widens the variance by (1 + φ) / (1 - φ)", () => {
    for (const phi of [0, 0.5, 0.8]) {
      const series = autoregressive(phi, 20_000, 3);
      const inflation = serialInflation(series, blockLength(series));
      const exact = (1 + phi) / (1 - phi);
      expect(inflation / exact, `φ = ${phi}`).to.be.closeTo(1, 0.15);
    }
  });

  it("gives the block length that theory has for an autoregressive series", () => {
    // b = (3/2)^⅓ (2φ / (1 - φ²))^⅔ n^⅓: Politis & White's D = (4/3) g(0)² and G of such a series.
    const n = 20_000;
    const phi = 0.5;
    const exact = 1.5 ** (1 / 3) * ((2 * phi) / (1 - phi * phi)) ** (2 / 3) * n ** (1 / 3);
    const lengths = Array.from({ length: 20 }, (_, seed) => blockLength(autoregressive(phi, n, seed)));
    const mean = lengths.reduce((a, b) => a + b, 0) / lengths.length;
    expect(mean / exact).to.be.closeTo(1, 0.2);
  });

  it("keeps blocks short where there is none, and within bounds where a series only rises", () => {
    expect(blockLength(autoregressive(0, 10_000, 1))).to.be.below(8);
    const rising = Float64Array.from({ length: 900 }, (_, i) => i);
    expect(blockLength(rising)).to.be.within(60, 90);
    expect(blockLength(new Float64Array(100).fill(3))).to.equal(1);
    expect([blockLength([]), serialInflation([1, 1, 1], 2)]).to.deep.equal([1, 1]);
  });
});
