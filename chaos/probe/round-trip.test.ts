import { expect } from "chai";
import { roundTrip } from "./round-trip.ts";

describe("What two directions do to a round trip", () => {
  it("adds the delays, and the squares of the jitters", () => {
    const trip = roundTrip({ delayMs: 12.5, jitterMs: 3 }, { delayMs: 2, jitterMs: 4 });
    expect(trip).to.include({ delayMs: 14.5, jitterMs: 5, queueMs: 0 });
  });

  it("combines the losses", () => {
    expect(roundTrip({ loss: 0.1 }, { loss: 0.2 }).loss).to.be.closeTo(1 - 0.9 * 0.8, 1e-12);
    expect(roundTrip({ corrupt: 0.1 }, { loss: 0.2 }).loss).to.be.closeTo(1 - 0.9 * 0.8, 1e-12);
    expect(roundTrip({}, { loss: 1 }).loss).to.equal(1);
    expect(roundTrip({}, {}).loss).to.equal(0);
  });

  it("knows that a duplicate has two chances on the way back", () => {
    expect(roundTrip({ duplicate: 1 }, { loss: 0.2 }).loss).to.be.closeTo(0.04, 1e-12);
  });

  it("knows the share and the clustering of bursty loss", () => {
    const trip = roundTrip({ burst: { enter: 0.01, leave: 0.19 } }, {});
    expect(trip.loss).to.be.closeTo(0.05, 1e-12);
    expect(trip.lossInflation).to.be.closeTo(1.8 / 0.2, 1e-9);
  });

  it("adds the time that a slow link needs for the ping itself", () => {
    // 84 bytes at 672 kbit/s: 1 ms.
    expect(roundTrip({ rateBps: 672_000 }, {})).to.include({ delayMs: 1, queueMs: 100 });
  });
});
