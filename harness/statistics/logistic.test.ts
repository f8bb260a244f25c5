import { expect } from "chai";

import { fitLogistic, logisticShare } from "./logistic.ts";
import { Random } from "./random.ts";

describe("the logistic fit", () => {
  it("finds the curve that trials were drawn from", () => {
    const random = new Random(6);
    const truth = { middle: 67, slope: -0.8 };
    const points = Array.from({ length: 25 }, (_, index) => {
      const x = 55 + index;
      const hits = Array.from({ length: 400 }, () => random.next() < logisticShare(truth, x));
      return { x, trials: 400, successes: hits.filter(Boolean).length };
    });
    const fit = fitLogistic(points)!;
    expect(fit.middle).to.be.closeTo(67, 0.15);
    expect(fit.slope).to.be.closeTo(-0.8, 0.06);
  });

  it("is finite where the points separate, with its middle between them", () => {
    const fit = fitLogistic([
      { x: 40, trials: 8, successes: 8 },
      { x: 60, trials: 8, successes: 8 },
      { x: 62, trials: 8, successes: 0 },
      { x: 90, trials: 8, successes: 0 },
    ])!;
    expect(fit.middle).to.be.within(60, 62);
    expect(fit.slope).to.be.within(-1000, 0);
  });

  it("rises where successes do", () => {
    const fit = fitLogistic([
      { x: 0, trials: 10, successes: 1 },
      { x: 1, trials: 10, successes: 9 },
    ])!;
    expect(fit.slope).to.be.above(0);
    expect(fit.middle).to.be.closeTo(0.5, 1e-6);
  });

  it("is none for one point, or a flat share", () => {
    expect(fitLogistic([{ x: 1, trials: 8, successes: 4 }])).to.equal(undefined);
    const flat = [1, 2].map((x) => ({ x, trials: 8, successes: 4 }));
    expect(fitLogistic(flat)).to.equal(undefined);
  });
});
