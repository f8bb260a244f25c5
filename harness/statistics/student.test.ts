import { expect } from "chai";

import { studentTwoSided, studentUpperQuantile } from "./student.ts";

describe("Student's distribution", () => {
  it("has the published quantiles", () => {
    // Abramowitz & Stegun (1964), table 26.10.
    for (const [tail, freedom, t] of [
      [0.025, 1, 12.706],
      [0.025, 4, 2.776],
      [0.005, 9, 3.25],
      [0.0005, 10, 4.587],
      [0.025, 120, 1.98],
    ] as const)
      expect(studentUpperQuantile(tail, freedom)).to.be.closeTo(t, 0.0006);
  });

  it("has the published probabilities, of either sign", () => {
    for (const [p, freedom, t] of [
      [0.05, 4, 2.776],
      [0.01, 9, 3.25],
      [0.001, 10, -4.587],
      [1, 7, 0],
      [0, 7, Infinity],
    ] as const)
      expect(studentTwoSided(t, freedom)).to.be.closeTo(p, 0.0001);
  });
});
