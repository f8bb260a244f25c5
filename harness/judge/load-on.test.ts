import { expect } from "chai";

import type { LoadAccount } from "../record/load.ts";
import { accountsOf, phase, runOf, samplesOf } from "../record/testing.ts";
import { evidenceOf } from "./evidence.ts";
import { loadOn } from "./load-on.ts";

describe("how a function was loaded, as text", () => {
  const steady = phase("steady");
  const on = (...changes: Partial<LoadAccount>[]): string => {
    const events = changes.map((change) => ({
      type: "load" as const,
      at: 0,
      account: { ...accountsOf(samplesOf(steady, [10, 11]))[0]!, ...change },
    }));
    return loadOn(evidenceOf(runOf({ phases: [steady], events })), "steady", "hello-world");
  };

  it("tells rates and arrivals apart, and takes an old run for even", () => {
    expect(on({ ratePerSecond: 20, arrivals: "spread" })).to.equal("20/s spread");
    expect(on({ ratePerSecond: 20 })).to.equal("20/s even");
    expect(on({ ratePerSecond: 19.87654 })).to.equal("19.877/s even");
    expect(on({ ratePerSecond: 20 }, { ratePerSecond: 5, arrivals: "spread" })).to.equal("25/s even spread");
  });

  it("has nothing to say of a function without an open load", () => {
    expect(on({ fn: "fib" })).to.equal("");
    expect(on({ model: "closed" })).to.equal("");
  });
});
