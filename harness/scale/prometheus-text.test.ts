import { expect } from "chai";

import { parseMetrics } from "./prometheus-text.ts";

describe("a page of metrics", () => {
  const page = [
    "# HELP a_total Something.",
    "# TYPE a_total counter",
    "a_total 3",
    'a_total{verb="GET",path="C:\\\\x \\"y\\"\\n{}"} 4.5 1700000000000',
    'b_bucket{le="+Inf"} +Inf',
    "a_total_more 9",
    "",
  ].join("\n");

  it("gives the wanted lines alone, with labels unescaped and times left out", () => {
    expect(parseMetrics(page, new Set(["a_total", "b_bucket"]))).to.deep.equal([
      { name: "a_total", labels: {}, value: 3 },
      { name: "a_total", labels: { verb: "GET", path: 'C:\\x "y"\n{}' }, value: 4.5 },
      { name: "b_bucket", labels: { le: "+Inf" }, value: Infinity },
    ]);
  });
});
