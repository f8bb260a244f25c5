import { expect } from "chai";
import { figureLine } from "./figure.ts";
import { spread } from "./measure.ts";

describe("The figures of the WAN's benchmark", () => {
  it("are taken from what arrived", () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? (i / 2) * 1 : Number.NaN));
    const { samples, p50, p99, mean, sd } = spread(values);
    expect([samples, p50, p99, mean]).to.deep.equal([500, 249, 494, 249.5]);
    expect(sd).to.be.closeTo(Math.sqrt((500 ** 2 - 1) / 12), 1e-9);
  });

  it("say whether a target was met, and how busy the machine was", () => {
    const figure = {
      group: "delay",
      what: "2 ms: median error",
      measured: 0.0361234,
      unit: "ms",
      load: 3.25,
    } as const;
    expect(figureLine({ ...figure, target: "<= 0.05 ms", met: true })).to.match(
      /^delay +2 ms: median error +0\.03612 ms +met \(<= 0\.05 ms\) +load 3\.3$/,
    );
    expect(figureLine({ ...figure, target: "<= 0.01 ms", met: false })).to.contain("not met (<= 0.01 ms)");
    expect(figureLine(figure)).to.not.contain("met");
  });
});
