import { expect } from "chai";

import { capacities, costLine } from "./cost-line.ts";

const sizes = [10, 50, 100, 200, 500, 1000];

describe("the line of a cost", () => {
  it("finds a cost in proportion to nodes, with what is there without them", () => {
    const line = costLine(
      sizes,
      sizes.map((nodes) => 0.25 + nodes * 0.002),
    )!;
    expect(line.slope.slope).to.be.closeTo(0.002, 1e-12);
    expect(line.intercept).to.be.closeTo(0.25, 1e-12);
    expect(line.exponent?.slope).to.be.closeTo(1, 1e-6);
  });

  it("is moved little by one size at which somebody else used the host", () => {
    const noisy = sizes.map((nodes) => 0.25 + nodes * 0.002 + (nodes === 200 ? 3 : 0));
    expect(costLine(sizes, noisy)!.slope.slope).to.be.closeTo(0.002, 2e-4);
  });

  it("tells growth with the square by its exponent", () => {
    const line = costLine(
      sizes,
      sizes.map((nodes) => nodes ** 2),
    )!;
    expect(line.exponent?.slope).to.be.above(1.5);
  });

  it("encloses the true slope of noisy costs", () => {
    // Deviations that are fixed, so that the test is.
    const deviations = [0.01, -0.02, 0.015, -0.01, 0.02, -0.005];
    const line = costLine(
      sizes,
      sizes.map((nodes, index) => 0.25 + nodes * 0.002 + deviations[index]!),
    )!;
    expect(line.slope.low).to.be.below(0.002);
    expect(line.slope.high).to.be.above(0.002);
  });

  it("has no interval with fewer than five sizes, and no line with one", () => {
    const line = costLine([1, 2, 3, 4], [1, 2, 3, 4])!;
    expect([line.slope.low, line.slope.high]).to.deep.equal([-Infinity, Infinity]);
    expect(costLine([1], [1])).to.equal(undefined);
  });
});

describe("the size at which cores give out", () => {
  it("is where the line reaches them, told how far that is beyond what was measured", () => {
    const line = costLine(
      sizes,
      sizes.map((nodes) => 0.5 + nodes * 0.001),
    )!;
    const [two, four] = capacities(line, 1000, [2, 4]);
    expect(two!.nodes).to.be.closeTo(1500, 1e-6);
    expect(two!.beyond).to.be.closeTo(1.5, 1e-9);
    expect(four!.nodes).to.be.closeTo(3500, 1e-6);
  });

  it("has an interval around it, which is everything where the slope has none", () => {
    const deviations = [0.01, -0.02, 0.015, -0.01, 0.02, -0.005];
    const noisy = costLine(
      sizes,
      sizes.map((nodes, index) => 0.5 + nodes * 0.001 + deviations[index]!),
    )!;
    const [two] = capacities(noisy, 1000, [2]);
    expect(two!.low).to.be.within(1000, 1500);
    expect(two!.high).to.be.within(1500, 2500);
    const few = capacities(costLine([1, 2, 3], [1, 2, 3.1])!, 3, [2])[0]!;
    expect([few.low, few.high]).to.deep.equal([0, Infinity]);
  });

  it("is no size where a cost does not grow", () => {
    expect(
      capacities(
        costLine(
          sizes,
          sizes.map(() => 1),
        )!,
        1000,
        [2],
      )[0]!.nodes,
    ).to.equal(Infinity);
  });
});
