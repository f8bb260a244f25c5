import { expect } from "chai";
import { Random } from "./random.ts";
import { theilSen } from "./theil-sen.ts";

const numbered = (n: number): number[] => Array.from({ length: n }, (_, at) => at + 1);

describe("the Theil-Sen slope", () => {
  it("has the slope of the cloud seeding example", () => {
    // Hollander & Wolfe, example 9.3: -0.056; five values at 95 % have the least and the largest slope as ends.
    const found = theilSen(numbered(5), [1.26, 1.27, 1.12, 1.16, 1.03], 0.95);
    expect(found.slope).to.be.closeTo(-0.05625, 1e-12);
    expect([found.low, found.high].map((end) => Number(end.toFixed(4)))).to.deep.equal([-0.15, 0.04]);
  });

  it("does not follow a single value, and has no interval of four", () => {
    const line = numbered(11).map((x) => 3 * x);
    line[9] = 1e6;
    expect(theilSen(numbered(11), line, 0.95)).to.deep.equal({ slope: 3, low: 3, high: 3 });
    expect(theilSen(numbered(4), [1, 2, 3, 4], 0.95)).to.deep.equal({
      slope: 1,
      low: -Infinity,
      high: Infinity,
    });
  });

  it("takes the distance of runs that are missing into account", () => {
    expect(theilSen([1, 2, 5, 6, 9], [2, 4, 10, 12, 18], 0.95)).to.deep.equal({ slope: 2, low: 2, high: 2 });
  });

  it("says that anything is possible between two infinite values", () => {
    const { low, high } = theilSen(numbered(5), [1, 1, Infinity, Infinity, Infinity], 0.95);
    expect([low, high]).to.deep.equal([-Infinity, Infinity]);
  });

  it("has the slope within its interval as often as it says", () => {
    const random = new Random(11);
    let within = 0;
    for (let trial = 0; trial < 1000; trial++) {
      const y = numbered(8).map((x) => 0.3 * x + random.normal());
      const { low, high } = theilSen(numbered(8), y, 0.95);
      if (low <= 0.3 && high >= 0.3) within++;
    }
    // Exact: 1 - 2 x 0.0156 = 96.9 %; three standard deviations are 1.6 points.
    expect(within).to.be.within(950, 985);
  });
});
