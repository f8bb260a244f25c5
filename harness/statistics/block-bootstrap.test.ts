import { expect } from "chai";
import { resampledQuantiles } from "./block-bootstrap.ts";
import { Random } from "./random.ts";

const deviation = (values: Float64Array): number => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
};

describe("the moving block bootstrap", () => {
  it("has the standard error of the median that theory gives for normal samples", () => {
    // √(π / 2) σ / √n: Stuart & Ord, Kendall's Advanced Theory of Statistics, 10.10.
    const exact = Math.sqrt(Math.PI / 2 / 2000);
    const errors = [1, 2, 3, 4, 5, 6].map((seed) => {
      const random = new Random(seed);
      const series = Float64Array.from({ length: 2000 }, () => random.normal());
      return deviation(resampledQuantiles(series, [0.5], { block: 1, resamples: 1000, random })[0]!);
    });
    expect(errors.reduce((a, b) => a + b, 0) / 6 / exact).to.be.closeTo(1, 0.15);
  });

  it("is wider where blocks keep together what hangs together", () => {
    const random = new Random(1);
    let x = 0;
    const series = Float64Array.from({ length: 3000 }, () => (x = 0.8 * x + random.normal()));
    const spread = (block: number) =>
      deviation(resampledQuantiles(series, [0.5], { block, resamples: 400, random: new Random(2) })[0]!);
    expect(spread(60)).to.be.above(1.6 * spread(1));
  });

  it("draws whole blocks, and only what was measured", () => {
    const series = [5, 1, Infinity, 3];
    const whole = resampledQuantiles(series, [0.5, 1], { block: 4, resamples: 20, random: new Random(1) });
    expect(new Set(whole[0])).to.deep.equal(new Set([3]));
    expect(new Set(whole[1])).to.deep.equal(new Set([Infinity]));
  });

  it("is the same for the same seed", () => {
    const series = Float64Array.from({ length: 300 }, (_, i) => (i * 7919) % 307);
    const draw = (seed: number) =>
      resampledQuantiles(series, [0.95], { block: 5, resamples: 50, random: new Random(seed) });
    expect(draw(4)).to.deep.equal(draw(4));
    expect(draw(4)).to.not.deep.equal(draw(5));
  });
});
