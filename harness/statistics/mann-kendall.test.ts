import { expect } from "chai";
import { kendallUpperTail, mannKendall } from "./mann-kendall.ts";

/** Every order of the values, by Heap's algorithm. */
function* orders(values: number[], size = values.length): Generator<number[]> {
  if (size <= 1) yield [...values];
  for (let at = 0; at < size && size > 1; at++) {
    yield* orders(values, size - 1);
    const other = size % 2 === 0 ? at : 0;
    [values[other], values[size - 1]] = [values[size - 1]!, values[other]!];
  }
}

describe("the Mann-Kendall test", () => {
  it("has the upper tails of Kendall's table of S", () => {
    // Kendall, Rank Correlation Methods, appendix table 1.
    for (const [n, s, tail] of [
      [4, 6, 0.042],
      [5, 6, 0.117],
      [5, 8, 0.042],
      [5, 10, 0.0083],
      [8, 16, 0.031],
      [8, 18, 0.016],
      [9, 18, 0.038],
      [9, 20, 0.022],
      [10, 21, 0.036],
      [10, 23, 0.023],
    ] as const)
      expect(kendallUpperTail(n, s), `n ${n}, S ${s}`).to.be.closeTo(tail, tail < 0.01 ? 5e-5 : 5e-4);
  });

  it("has the score and the p value of the cloud seeding example", () => {
    // Hollander & Wolfe, example 9.1: C = -6, one-sided p = 0.117.
    const { s, p } = mannKendall([1.26, 1.27, 1.12, 1.16, 1.03]);
    expect(s).to.equal(-6);
    expect(p).to.be.closeTo(2 * (14 / 120), 1e-12);
  });

  it("has the p value of all orders where values are tied, infinite ones too", () => {
    const values = [1, 2, 2, 3, 3, Infinity, Infinity];
    const all = [...orders([...values])].map((order) => mannKendall(order).s);
    expect(all).to.have.length(5040);
    for (const order of [values, [2, 1, Infinity, 2, 3, 3, Infinity]]) {
      const { s, p } = mannKendall(order);
      expect(p).to.be.closeTo(all.filter((one) => Math.abs(one) >= s).length / 5040, 1e-12);
    }
  });

  it("goes over to the normal approximation without a jump", () => {
    // 60 values are counted out, 61 are not; each S has a standard deviation of sqrt(n (n - 1) (2n + 5) / 18).
    for (const s of [100, 300, 500]) {
      const z = s / Math.sqrt((60 * 59 * 125) / 18);
      const same = 2 * Math.round((z * Math.sqrt((61 * 60 * 127) / 18)) / 2);
      expect(kendallUpperTail(61, same) / kendallUpperTail(60, s)).to.be.closeTo(1, 0.2);
    }
    const steps = Array.from({ length: 80 }, (_, at) => Math.floor(at / 2));
    expect(mannKendall(steps).p).to.be.below(1e-20);
    expect(mannKendall([...steps.slice(40), ...steps.slice(0, 40)]).s).to.be.below(0);
  });

  it("finds nothing in a series that stays the same", () => {
    expect(mannKendall([0, 0, 0, 0, 0])).to.deep.equal({ s: 0, p: 1 });
  });
});
