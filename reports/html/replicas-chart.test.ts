import { expect } from "chai";

import type { ScaleOut } from "../../harness/record/model.ts";
import { phase, samplesOf, START } from "../../harness/record/testing.ts";
import { inFlight, replicasChart } from "./replicas-chart.ts";

const samples = samplesOf(phase("load-scale-out"), [200, 20, 500]);
const scaleOut: ScaleOut = {
  ...{ phase: "load-scale-out", from: 1, to: 4, askedAt: START, pods: [] },
  replicas: [
    { at: START, desired: 1, actual: 1, ready: 1 },
    { at: START + 1000, desired: 4, actual: 3, ready: 2 },
  ],
};

describe("replicas beside the load", () => {
  it("counts the requests that are due and not over at a moment", () => {
    // Due at 0, 50 and 100 ms for 200, 20 and 500 ms.
    expect([0, 60, 110, 300, 700].map((after) => inFlight(samples, START + after))).to.deep.equal([
      1, 2, 2, 1, 0,
    ]);
  });

  it("are drawn as desired, actual and ready, with the figures of each second at hand", () => {
    const { markup } = replicasChart(scaleOut, samples);
    expect(markup.match(/<path\s+class="line/g)).to.have.length(5);
    expect(markup.replaceAll(/\s+/g, " ")).to.contain("4 desired, 3 actual, 2 ready, 0 in flight");
    expect(markup).to.not.contain("NaN");
  });

  it("are drawn where no request completed, too", () => {
    expect(replicasChart(scaleOut, []).markup).to.not.match(/NaN|Infinity/);
  });
});
