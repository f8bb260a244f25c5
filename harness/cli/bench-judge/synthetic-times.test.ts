import { expect } from "chai";
import { quantile, sorted } from "../../judge/quantile.ts";
import { autocovariances } from "../../statistics/serial.ts";
import { KINDS, syntheticTimes } from "./synthetic-times.ts";

describe("synthetic response times", () => {
  it("are the same for the same seed, and ten per cent longer where that was asked", () => {
    for (const kind of KINDS) {
      const plain = syntheticTimes(kind, 500, 7);
      expect(syntheticTimes(kind, 500, 7), kind).to.deep.equal(plain);
      expect(syntheticTimes(kind, 500, 7, 1.1)[99]).to.be.closeTo(1.1 * plain[99]!, 1e-9);
    }
  });

  it("have the median and the correlation that they claim", () => {
    const times = syntheticTimes("queueing", 50_000, 1);
    expect(quantile(sorted(times), 0.5)).to.be.closeTo(20, 0.5);
    const covariance = autocovariances(times.map(Math.log), 1);
    expect(covariance[1]! / covariance[0]!).to.be.closeTo(0.9, 0.02);
  });
});
