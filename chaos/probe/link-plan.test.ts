import { expect } from "chai";

import { probeIntervalMs } from "./link-plan.ts";

describe("how often links are probed", () => {
  it("is every 10 ms, less often where there are many, where a link is slow, and where machines cannot take it", () => {
    expect(probeIntervalMs([{}], 6)).to.equal(10);
    expect(probeIntervalMs([{}], 240)).to.equal(240);
    expect(probeIntervalMs([{ rateBps: 64_000 }], 2)).to.be.greaterThan(100);
    expect(probeIntervalMs([{}], 6, undefined, 0.05)).to.equal(200);
    expect(probeIntervalMs([{}], 1, 2)).to.equal(2);
  });
});
