import { expect } from "chai";

import { phase, samplesOf } from "../record/testing.ts";
import { coordinatedOmission } from "./coordinated-omission.ts";

describe("what a closed load leaves out", () => {
  const samples = (durations: readonly number[]) => samplesOf(phase("cell"), durations);
  const many = (n: number, slow: number, ms: number): number[] =>
    Array.from({ length: n }, (_, index) => (index < slow ? ms : 10));

  it("is p99 of the open load over its own, and the difference", () => {
    // A stall of a second: one request of the closed load met it, a tenth of the open one's.
    const found = coordinatedOmission(samples(many(400, 1, 1000)), samples(many(400, 40, 1000)))!;
    expect(found).to.include({ ratio: 100, differenceMs: 990 });
    expect(found.detail).to.include("p99 1 s of 400 open requests, 10 ms of 400 closed ones; 95 % intervals");
  });

  it("says how much of it may be the load generator's own lateness", () => {
    const late = samples(many(400, 0, 0)).map((one) => ({ ...one, startedAt: one.intendedAt + 2 }));
    const found = coordinatedOmission(samples(many(400, 0, 0)), late)!;
    expect(found.detail).to.include("p99 of how late k6 sent the open ones is 2 ms");
  });

  it("is nothing where both saw the same", () => {
    const same = samples(many(400, 0, 0));
    expect(coordinatedOmission(same, same)).to.include({ ratio: 1, differenceMs: 0 });
  });

  it("says when the samples are too few for an interval", () => {
    const found = coordinatedOmission(samples(many(100, 0, 0)), samples(many(367, 0, 0)))!;
    expect(found.detail).to.include("too few for an interval, each needs 368");
  });

  it("is no number where p99 is a request that did not complete, and unknown without one of the loads", () => {
    const failing = samples(many(100, 5, Infinity));
    expect(coordinatedOmission(samples([10]), failing)).to.include({
      ratio: undefined,
      differenceMs: undefined,
    });
    expect(coordinatedOmission([], samples([10]))).to.equal(undefined);
    expect(coordinatedOmission(samples([10]), [])).to.equal(undefined);
  });
});
