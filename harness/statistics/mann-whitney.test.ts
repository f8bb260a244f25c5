import { expect } from "chai";
import { mannWhitney, midRanks } from "./mann-whitney.ts";
import { twoSided } from "./normal.ts";

const test = (first: number[], second: number[]) =>
  mannWhitney(midRanks([...first, ...second]), first.length);

/** U of every way to choose `count` of the values as the second sample. */
const everyU = (values: number[], count: number): number[] => {
  const all: number[] = [];
  for (let bits = 0; bits < 2 ** values.length; bits++) {
    const second = values.filter((_, i) => bits & (1 << i));
    if (second.length !== count) continue;
    all.push(
      test(
        values.filter((_, i) => !(bits & (1 << i))),
        second,
      ).u,
    );
  }
  return all;
};

describe("the Mann-Whitney test", () => {
  it("has the statistic and the p value of SciPy's documented example", () => {
    // scipy.stats.mannwhitneyu(males, females, method="asymptotic"): U = 17, p = 0.11134688653314041, which has a
    // continuity correction of 0.5 on |U - 10| = 7.
    const { u, z } = test([20, 11, 17, 12], [19, 22, 16, 29, 24]);
    expect(u).to.equal(17);
    expect(twoSided((z * 6.5) / 7)).to.be.closeTo(0.11134688653314041, 1e-12);
  });

  it("has the variance of all ways to deal the samples, ties or not", () => {
    for (const values of [
      [1, 2, 3, 4, 5, 6, 7],
      [1, 2, 2, 3, 3, 3, 9],
      [1, 1, 4, 4, Infinity, Infinity, Infinity],
    ]) {
      const all = everyU(values, 3);
      const variance = all.reduce((sum, u) => sum + (u - 6) ** 2, 0) / all.length;
      const { u, z } = test(values.slice(0, 4), values.slice(4));
      expect(z).to.be.closeTo((u - 6) / Math.sqrt(variance), 1e-12);
    }
  });

  it("finds nothing in samples that are all the same, and all in samples apart", () => {
    expect(test([1, 1], [1, 1, 1])).to.deep.equal({ u: 3, superiority: 0.5, z: 0, p: 1 });
    expect(test([1, 2, 3], [4, 5, 6]).superiority).to.equal(1);
  });

  it("is less sure where the samples hang together", () => {
    const ranks = midRanks([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(mannWhitney(ranks, 4, [4, 4]).z).to.be.closeTo(mannWhitney(ranks, 4).z / 2, 1e-12);
  });
});
