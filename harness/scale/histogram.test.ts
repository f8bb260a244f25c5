import { expect } from "chai";

import { histogramQuantile, merged, observedBetween, readHistograms, total } from "./histogram.ts";
import type { MetricSample } from "./prometheus-text.ts";

const page = (counts: readonly number[], labels = {}): MetricSample[] =>
  ["0.1", "1", "+Inf"].map((le, index) => ({
    name: "d_bucket",
    labels: { ...labels, le },
    value: counts[index]!,
  }));

describe("a histogram of a metrics page", () => {
  it("counts each bucket by itself, one histogram for each set of labels", () => {
    const found = [
      ...readHistograms([...page([1, 5, 6], { verb: "GET" }), ...page([0, 2, 2])], "d").values(),
    ];
    expect(found).to.deep.equal([
      { labels: { verb: "GET" }, bounds: [0.1, 1, Infinity], counts: [1, 4, 1] },
      { labels: {}, bounds: [0.1, 1, Infinity], counts: [0, 2, 0] },
    ]);
    expect(merged(found)?.counts).to.deep.equal([1, 6, 1]);
  });

  it("tells what was observed between two readings, what is new included", () => {
    const before = readHistograms(page([1, 5, 6], { verb: "GET" }), "d");
    const after = readHistograms([...page([3, 7, 8], { verb: "GET" }), ...page([1, 1, 1])], "d");
    expect(observedBetween(before, after)?.map(({ counts }) => counts)).to.deep.equal([
      [2, 0, 0],
      [1, 0, 0],
    ]);
  });

  it("says nothing of a process that was started anew", () => {
    const before = readHistograms(page([1, 5, 6]), "d");
    expect(observedBetween(before, readHistograms(page([1, 4, 6]), "d"))).to.equal(undefined);
    expect(observedBetween(before, new Map())).to.equal(undefined);
  });
});

describe("the quantile of a histogram", () => {
  it("lies on a line through its bucket, as Prometheus has it", () => {
    // 90 up to 0.1, 10 up to 1: rank 99 is the ninth of ten in (0.1, 1].
    const { value, n } = histogramQuantile({ bounds: [0.1, 1, Infinity], counts: [90, 10, 0] }, 0.99);
    expect([value, n]).to.deep.equal([0.1 + (0.9 * 9) / 10, 100]);
  });

  it("has no upper end with fewer than 368 observations, however quick they were", () => {
    const of = (count: number) =>
      histogramQuantile({ bounds: [0.1, 1, Infinity], counts: [count, 0, 0] }, 0.99);
    expect(of(367).high).to.equal(Infinity);
    expect([of(368).low, of(368).high]).to.deep.equal([0, 0.1]);
  });

  it("has the bounds of the buckets that enclose it", () => {
    const { low, high } = histogramQuantile({ bounds: [0.1, 1, 2, Infinity], counts: [970, 25, 5, 0] }, 0.99);
    expect([low, high]).to.deep.equal([0.1, 2]);
  });

  it("is the last finite bound where it lies beyond, with nothing above to hold it", () => {
    const found = histogramQuantile({ bounds: [0.1, 1, Infinity], counts: [10, 0, 990] }, 0.99);
    expect([found.value, found.low, found.high]).to.deep.equal([1, 1, Infinity]);
    expect(histogramQuantile({ bounds: [0.1, Infinity], counts: [0, 0] }, 0.99).n).to.equal(0);
    expect(total({ bounds: [1, Infinity], counts: [2, 3] })).to.equal(5);
  });
});
