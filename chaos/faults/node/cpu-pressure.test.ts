import { expect } from "chai";

import type { LoadReading } from "../../pressure/probe.ts";
import { judgeCpu } from "./cpu-pressure.ts";

const reading = (at: number, cpuMs: number, waitedMs: number): LoadReading => ({
  ...{ at, cpuMs, waitedMs, processes: 1, anonymousBytes: 0 },
});

/** Two CPUs were asked for, over 10 s. */
const judged = (cpuMs: number, waitedMs: number) =>
  judgeCpu("pi-1", 2, reading(5_000, 100, 50), reading(15_000, 100 + cpuMs, 50 + waitedMs));

describe("CPU time that a load used", () => {
  it("holds within 10 % of what was asked", () => {
    expect(judged(20_000, 0)).to.include({ held: true, measured: 2 });
    expect(judged(18_500, 0).held).to.equal(true);
    expect(judged(17_500, 0).held).to.equal(false);
  });

  it("may be short by what the load stood in line for, and by no more", () => {
    expect(judged(12_000, 7_000).held).to.equal(true);
    expect(judged(12_000, 3_000).held).to.equal(false);
  });

  it("may not be more, whatever the load waited for", () => {
    expect(judged(25_000, 50_000).held).to.equal(false);
  });

  it("does not hold where the load was stopped, or nothing could be read, or too short a time", () => {
    expect(judged(0, 0).held).to.equal(false);
    expect(judgeCpu("pi-1", 0, undefined, reading(1, 0, 0))).to.include({ held: false, samples: 0 });
    expect(judgeCpu("pi-1", 0, reading(0, 0, 0), reading(500, 0, 0)).held).to.equal(false);
  });
});
