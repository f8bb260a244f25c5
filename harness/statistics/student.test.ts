import { expect } from "chai";

import { studentUpperQuantile } from "./student.ts";

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
});
