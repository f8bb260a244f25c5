import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { type Clocks, restoreClock, skewClock } from "./clock.ts";

/** Clocks that are only numbers; nothing sets the machine's. */
class FakeClocks implements Clocks {
  wallMs = 1_700_000_000_000;
  steadyMs = 5_000;
  boot = "a";
  sets = 0;
  wall = (): number => this.wallMs;
  steady = (): number => this.steadyMs;
  bootId = (): string => this.boot;
  setWall = (ms: number): void => {
    this.sets++;
    this.wallMs = ms;
  };
  pass(ms: number): void {
    this.wallMs += ms;
    this.steadyMs += ms;
  }
}

describe("a clock that is set", () => {
  let folder: string;
  let clocks: FakeClocks;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "edgeproof-clock-"));
    clocks = new FakeClocks();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const offset of [90_000, -90_000])
    it(`by ${offset} ms comes back to the true time, however long it was off and however often it is put back`, () => {
      const truth = clocks.wallMs;
      skewClock("f", offset, clocks, folder);
      expect(clocks.wallMs).to.equal(truth + offset);
      clocks.pass(7_000);
      restoreClock("f", clocks, folder);
      expect(clocks.wallMs).to.equal(truth + 7_000);
      clocks.pass(1_000);
      restoreClock("f", clocks, folder);
      expect(clocks.wallMs).to.equal(truth + 8_000);
      expect(clocks.sets).to.equal(2);
    });

  it("is not set where the offset is nothing, but its true time is noted all the same", () => {
    skewClock("f", 0, clocks, folder);
    expect(clocks.sets).to.equal(0);
    restoreClock("f", clocks, folder);
    expect(clocks.wallMs).to.equal(1_700_000_000_000);
  });

  it("is left alone after a reboot, which took the time anew", () => {
    skewClock("f", 60_000, clocks, folder);
    clocks.boot = "b";
    clocks.wallMs = 42;
    restoreClock("f", clocks, folder);
    expect([clocks.wallMs, clocks.sets]).to.deep.equal([42, 1]);
  });

  it("is not set a second time under the same name: its true time would be lost", () => {
    skewClock("f", 60_000, clocks, folder);
    expect(() => skewClock("f", 60_000, clocks, folder)).to.throw("in force already");
  });

  it("is not touched where it was never set", () => {
    restoreClock("g", clocks, folder);
    expect(clocks.sets).to.equal(0);
  });
});
