import { expect } from "chai";

import type { Sample } from "../record/model.ts";
import type { LoadResult } from "./k6-load.ts";
import { mergeLoads } from "./spread-load.ts";

const sample = (intendedAt: number): Sample => ({
  ...{ phase: "typ", fn: "fib", intendedAt, startedAt: intendedAt, durationMs: 5, outcome: "completed" },
  ...{ status: 200, errorCode: 0, pod: "p", node: "n", deviceClass: "" },
});

const part = (starts: number[], dropped: number): LoadResult => ({
  samples: starts.map(sample),
  account: {
    ...{ phase: "typ", fn: "fib", model: "open", ratePerSecond: 50, durationMs: 2000, planned: 100 },
    ...{ offered: starts.length + dropped, completed: starts.length, failed: 0, timedOut: 0, dropped },
  },
  unaccounted: 0,
  rawFile: `${starts.length}.json.gz`,
});

describe("a load of several processes", () => {
  it("is one load: samples by their intended start, counts summed, rate and duration those of the whole", () => {
    const { samples, account, unaccounted } = mergeLoads([part([0, 40, 80], 1), part([20, 60], 0)], 6);
    expect(samples.map(({ intendedAt }) => intendedAt)).to.deep.equal([0, 20, 40, 60, 80]);
    expect(account).to.deep.include({
      planned: 6,
      offered: 6,
      completed: 5,
      dropped: 1,
      ratePerSecond: 50,
      durationMs: 2000,
    });
    expect(unaccounted).to.equal(0);
  });

  it("leaves what one process did not account for", () =>
    expect(mergeLoads([part([0], 0), { ...part([20], 0), unaccounted: 2 }], 4).unaccounted).to.equal(2));
});
