import { expect } from "chai";

import { phase, START, samplesOf } from "../record/testing.ts";
import { achieved } from "./achieved.ts";

describe("the rate that a closed load came to", () => {
  // Begun at 0, 50 and 100 ms; the last one takes 20 ms.
  const samples = samplesOf({ ...phase("cell"), startedAt: START }, [10, 10, 20]);

  it("counts from the first think time to the last answer", () => {
    expect(achieved(samples, 40)).to.deep.equal({ durationMs: 160, ratePerSecond: 3000 / 160 });
  });

  it("counts the think times within a chain", () => {
    expect(achieved(samples, 40, 5).durationMs).to.equal(160 + 4 * 40);
  });

  it("is none without requests", () => {
    expect(achieved([], 40)).to.deep.equal({ durationMs: 0, ratePerSecond: 0 });
  });
});
