import { expect } from "chai";

import { openBeside } from "./run-cell.ts";

describe("the open load beside a closed one", () => {
  it("has the rate that the closed one came to, for as long", () => {
    expect(openBeside({ ratePerSecond: 392.15686, durationMs: 180_000 })).to.deep.equal({
      ratePerSecond: 392.157,
      durationMs: 180_000,
    });
  });

  it("lasts long enough that k6, whose least is a second, starts no more than planned", () => {
    for (const ratePerSecond of [0.7, 1, 4.2, 7, 99.9]) {
      const open = openBeside({ ratePerSecond, durationMs: 650 });
      const period = 1000 / open.ratePerSecond;
      const planned = Math.round(open.durationMs / period);
      // The end of the schedule in fixtures/k6/function.ts.
      expect((planned - 0.5) * period).to.be.at.least(1000 - 1e-9);
    }
  });

  it("is never none", () => {
    expect(openBeside({ ratePerSecond: 0, durationMs: 1000 }).ratePerSecond).to.equal(0.001);
  });
});
