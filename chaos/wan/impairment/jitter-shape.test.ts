import { expect } from "chai";
import { delaySpread, JITTER_SHAPES, robustSdRatio, standardDeviates } from "./jitter-shape.ts";

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe("The shapes of jitter", () => {
  for (const shape of JITTER_SHAPES) {
    it(`have mean 0 and sd 1, within what netem's tables hold: ${shape}`, () => {
      const deviates = standardDeviates(shape, 4096);
      expect(mean(deviates)).to.be.closeTo(0, 1e-9);
      expect(mean(deviates.map((x) => x * x))).to.be.closeTo(1, 1e-9);
      expect(deviates.every((x, i) => i === 0 || x >= deviates[i - 1]!)).to.equal(true);
      expect(Math.max(...deviates.map(Math.abs))).to.be.below(4.02);
    });
  }

  it("have the robust sd that is known of them", () => {
    expect(robustSdRatio("normal").oneWay).to.be.closeTo(1, 0.005);
    expect(robustSdRatio("normal").roundTrip).to.be.closeTo(1, 0.005);
    // MAD of a uniform of half width h is h/2; of a triangular one of half width 2h it is (2 - sqrt(2)) h.
    expect(robustSdRatio("uniform").oneWay).to.be.closeTo((1.4826 * Math.sqrt(3)) / 2, 0.005);
    expect(robustSdRatio("uniform").roundTrip).to.be.closeTo(
      (1.4826 * (2 - Math.SQRT2) * Math.sqrt(3)) / Math.SQRT2,
      0.005,
    );
    expect(robustSdRatio("pareto").oneWay).to.be.below(robustSdRatio("pareto").roundTrip);
  });

  it("add up over both directions, each cut at 0", () => {
    const link = { delayMs: 1, jitterMs: 1 };
    // Mean of max(0, 1 + Z) is Phi(1) + phi(1) = 1.0833.
    expect(delaySpread(link).meanMs).to.be.closeTo(1.0833, 0.002);
    expect(delaySpread(link, { delayMs: 5 }).medianMs).to.be.closeTo(6, 0.01);
    const pareto = delaySpread({ delayMs: 10, jitterMs: 2, jitterShape: "pareto" });
    expect(pareto.medianMs).to.be.closeTo(10 - 2 * 0.3608, 0.01);
    expect(pareto.sdMs).to.be.closeTo(2, 1e-6);
  });
});
