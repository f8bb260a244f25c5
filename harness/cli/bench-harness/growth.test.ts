import { expect } from "chai";

import { growthFigure, measureGrowth, type Subject } from "./growth.ts";

/** Work of so many steps: enough of them that their number decides. */
const spin = (steps: number): number => {
  let sum = 0;
  for (let step = 0; step < steps; step++) sum = (sum * 31 + step) | 0;
  return sum;
};

const subject = (power: number, most: number): Subject => ({
  what: "spinning",
  sizes: [10, 20, 40, 80, 160],
  most,
  prepare: (size) => () => spin(200 * size ** power),
});

describe("the growth of a cost", function () {
  this.timeout(20_000);

  it("is told as its exponent: 1 in proportion, 2 with the square", async () => {
    const linear = await measureGrowth(subject(1, 1));
    const square = await measureGrowth(subject(2, 1));
    expect(linear.exponent.slope).to.be.within(0.7, 1.3);
    expect(square.exponent.slope).to.be.within(1.7, 2.3);
    expect(growthFigure(subject(1, 1), linear).met).to.equal(true);
    expect(growthFigure(subject(2, 1), square)).to.deep.include({ met: false, target: "<= 1.3" });
    expect(growthFigure(subject(2, 2), square).met).to.equal(true);
  });
});
