import { expect } from "chai";

import { betaCdf } from "./beta.ts";

describe("the incomplete beta function", () => {
  it("has the values of its closed forms", () => {
    expect(betaCdf(0.3, 1, 1)).to.be.closeTo(0.3, 1e-13);
    expect(betaCdf(0.3, 2, 1)).to.be.closeTo(0.09, 1e-13);
    expect(betaCdf(0.3, 1, 5)).to.be.closeTo(1 - 0.7 ** 5, 1e-13);
    expect(betaCdf(0.5, 700, 700)).to.be.closeTo(0.5, 1e-10);
    // Binomial(10, 0.4): P(X >= 3) = 0.8327102464
    expect(betaCdf(0.4, 3, 8)).to.be.closeTo(0.8327102464, 1e-10);
  });
});
