import { expect } from "chai";
import fc from "fast-check";
import { fixQuantity, parseQuantity } from "./units.ts";

describe("quantities", () => {
  it("are read in their base units", () => {
    expect(parseQuantity("duration", "2.08ms")).to.equal(2.08);
    expect(parseQuantity("duration", "1s")).to.equal(1000);
    expect(parseQuantity("share", "0.03%")).to.equal(0.0003);
    expect(parseQuantity("rate", "20Mbit")).to.equal(20_000_000);
    expect(parseQuantity("memory", "1.5GiB")).to.equal(1536);
  });

  it("are refused without a unit, with another one, with a sign, with a space or above their limit", () => {
    for (const text of ["5", "5 ms", "-5ms", "5sec", "ms", "", "1e3ms", "5msx"]) {
      expect(parseQuantity("duration", text), text).to.equal(undefined);
    }
    expect(parseQuantity("share", "100.1%")).to.equal(undefined);
  });

  it("keep any share that is written with four decimals", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (n) => {
        expect(parseQuantity("share", `${(n / 10_000).toFixed(4)}%`)).to.equal(n / 1_000_000);
      }),
    );
  });

  it("come with a way to write them right", () => {
    expect(fixQuantity("duration", "5sec")).to.equal("write `5s`");
    expect(fixQuantity("duration", "5 ms")).to.equal("write `5ms`");
    expect(fixQuantity("share", 0.5)).to.equal("write `0.5%`");
    expect(fixQuantity("rate", "20mbit")).to.equal("write `20Mbit`");
    expect(fixQuantity("rate", "fast")).to.equal(undefined);
  });
});
