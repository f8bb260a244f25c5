import { expect } from "chai";
import { falseAlarms, foundShifts } from "./planted-shift.ts";

describe("the benchmark of planted shifts", () => {
  it("finds the shift in long runs, and nothing where nothing changed", () => {
    const found = foundShifts("correlated", 6000, 5, true);
    expect([found.measured, found.met, found.target]).to.deep.equal([5, true, "at least 5"]);
    const alarms = falseAlarms("drift", 1000, 5);
    expect([alarms.measured, alarms.met]).to.deep.equal([0, true]);
  });

  it("says so when it misses its target", () => {
    expect(foundShifts("queueing", 100, 5, true)).to.deep.include({ measured: 0, met: false });
  });
});
