import { expect } from "chai";

import { atConstantRate } from "./pod-churn.ts";

describe("a constant rate", () => {
  const { signal } = new AbortController();

  it("begins exactly as many as it is asked for, none before its time, and lasts its time", async () => {
    const began = performance.now();
    const at: number[] = [];
    await atConstantRate(50, 200, signal, () => at.push(performance.now() - began));
    expect(at).to.have.length(10);
    expect(at.every((ms, index) => ms >= index * 20 - 1)).to.equal(true);
    expect(performance.now() - began).to.be.at.least(199);
  });

  it("is given up when aborted", async () => {
    const abort = new AbortController();
    const waited = atConstantRate(1, 60_000, abort.signal, () => abort.abort(new Error("enough"))).catch(
      String,
    );
    expect(await waited).to.equal("Error: enough");
  });
});
