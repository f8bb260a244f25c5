import { expect } from "chai";

import { offsetOf } from "./clock-offset.ts";

describe("the offset of a machine's clock", () => {
  it("is read off the shortest round trip, half of which bounds the error", () => {
    const readings = [
      { askedAt: 1000, answeredAt: 1100, there: 1085 },
      { askedAt: 2000, answeredAt: 2010, there: 2035 },
      { askedAt: 3000, answeredAt: 3040, there: 3050 },
    ];
    expect(offsetOf(readings)).to.deep.equal({ offsetMs: 30, errorMs: 5 });
  });

  it("is unknown without a reading", () => {
    expect(offsetOf([])).to.equal(undefined);
  });
});
