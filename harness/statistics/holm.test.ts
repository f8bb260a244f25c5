import { expect } from "chai";
import { holm } from "./holm.ts";

describe("Holm's correction", () => {
  it("has the values of R's p.adjust", () => {
    // p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm"): 0.03 0.06 0.06 0.02
    const corrected = holm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((value, i) => expect(corrected[i]).to.be.closeTo(value, 1e-12));
  });

  it("leaves a single one as it is, and none above 1", () => {
    expect(holm([0.04])).to.deep.equal([0.04]);
    expect(holm([0.6, 0.9])).to.deep.equal([1, 1]);
    expect(holm([])).to.deep.equal([]);
  });
});
