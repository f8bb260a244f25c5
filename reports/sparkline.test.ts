import { expect } from "chai";
import { sparkline } from "./sparkline.ts";

describe("a sparkline", () => {
  it("goes from the least value to the largest", () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).to.equal("▁▂▃▄▅▆▇█");
    expect(sparkline([5, 5, 5])).to.equal("▅▅▅");
  });

  it("shows what never happened, and what is not there", () => {
    expect(sparkline([1, Infinity, undefined, 2])).to.equal("▁×·█");
    expect(sparkline([Infinity, undefined])).to.equal("×·");
    expect(sparkline([])).to.equal("");
  });
});
