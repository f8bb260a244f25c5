import { expect } from "chai";
import { oneWay, roundTrip } from "./round-trip.ts";

describe("What two directions do to a round trip", () => {
  it("adds the delays, and the squares of the jitters", () => {
    const trip = roundTrip({ delayMs: 12.5, jitterMs: 3 }, { delayMs: 20, jitterMs: 4 });
    expect(trip).to.include({ delayMs: 32.5, jitterMs: 5, queueMs: 0 });
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
    const trip = roundTrip({ rateBps: 672_000 }, {});
    expect(trip.delayMs).to.equal(1);
    // 16 full packets, as 100 ms of the rate are less.
    expect(trip.queueMs).to.be.closeTo((16 * 1500 * 8) / 672, 1e-9);
    expect(roundTrip({ rateBps: 20e6 }, {}).queueMs).to.be.closeTo(100, 1e-9);
  });

  it("knows by the shape how median and spread of a delay differ from its mean and sd", () => {
    const pareto = oneWay({ delayMs: 20, jitterMs: 5, jitterShape: "pareto" }, 128);
    expect(pareto.delayMs).to.be.closeTo(18.2, 0.1);
    expect(pareto.jitterMs).to.be.closeTo(2.5, 0.1);
    // Half the values of a uniform distribution lie within a quarter of its width, sqrt(3) sd, around the middle.
    const uniform = oneWay({ delayMs: 20, jitterMs: 5, jitterShape: "uniform" }, 128);
    expect(uniform.jitterMs).to.be.closeTo(1.4826 * 5 * (Math.sqrt(3) / 2), 0.1);
  });

  it("knows the share that skips the delay, and that a duplicate which is lost comes once", () => {
    expect(oneWay({ delayMs: 20, reorder: 0.25 }, 128)).to.include({ delayMs: 20, early: 0.25 });
    expect(oneWay({ duplicate: 0.5, loss: 0.2 }, 128).duplicates).to.be.closeTo(0.4, 1e-12);
    expect(oneWay({ duplicate: 0.5, loss: 0.2 }, 128).loss).to.be.closeTo(0.1, 1e-12);
  });
});
