import { expect } from "chai";

import { atShare } from "./offered-rate.ts";

describe("a share of a load's rate", () => {
  const load = { fn: "fib", ratePerSecond: 40, durationMs: 10_000 };

  it("is offered for as much longer, with as many requests", () => {
    expect(atShare(load, 0.1, "longer")).to.deep.equal({ fn: "fib", ratePerSecond: 4, durationMs: 100_000 });
    expect(atShare(load, 1, "longer")).to.deep.equal(load);
  });

  it("lasts as long where something else says how long, with fewer requests", () =>
    expect(atShare(load, 0.1, "as-long")).to.deep.equal({ fn: "fib", ratePerSecond: 4, durationMs: 10_000 }));
});
