import { expect } from "chai";

import { scaleOutcome } from "../harness/scale/outcome.ts";
import { scaleRun, scaleStep, tail } from "../harness/scale/testing.ts";
import { scaleReport } from "./scale-report.ts";
import { scaleTable } from "./scale-table.ts";

const run = scaleRun([10, 50, 100, 200, 500].map((nodes) => scaleStep(nodes)));
const outcome = scaleOutcome(run);

describe("the table of a scale run", () => {
  const text = scaleTable(run, outcome);

  it("ends with what was found", () =>
    expect(text.trim().split("\n").at(-1)).to.equal(
      "every SLO that had enough calls was met up to 500 nodes; too few calls to judge read-only API calls, scope namespace or cluster",
    ));

  it("says where cores give out, that it is extrapolated, and how far", () => {
    expect(text).to.match(/2 cores give out at 750 nodes \[750, 750\], extrapolated 1\.5 times/);
    expect(text).to.match(/16 cores give out at 7750 nodes/);
  });

  it("says where the SLOs come first", () => {
    const missed = scaleRun(
      [10, 50, 100].map((nodes) => scaleStep(nodes, nodes < 100 ? {} : { podStart: tail(9000) })),
    );
    const found = scaleTable(missed, scaleOutcome(missed));
    expect(found).to.match(/2 cores give out at 750 nodes .*; the SLOs are missed before, at 100 nodes/);
    expect(found).to.match(/✗ missed +100 +pod start/);
  });

  it("says what no figure says: the short window, the simulated nodes, the one connection", () => {
    expect(text)
      .to.match(/window of 75 s .* 5 minutes/)
      .and.to.match(/no kubelet/)
      .and.to.match(/one process/);
  });
});

describe("the page of a scale run", () => {
  const page = scaleReport(run, outcome);

  it("has the finding first, the wording of each SLO, a chart of each cost and the data", () => {
    expect(page.indexOf("<h1")).to.be.below(page.indexOf("What has to be known"));
    expect(page).to.contain("every (resource, verb) pair, measured as 99th percentile over last 5 minutes");
    expect(page.split('role="img"').length - 1).to.equal(8);
    expect(page).to.contain('download="scale.json"');
  });

  it("draws what has no figure as nothing, not as a word of the machine", () => {
    const none = { value: null, low: 0, high: null, n: 0 };
    const odd = scaleRun([scaleStep(10, { podStart: none })], { troubles: ["kine was started anew"] });
    for (const text of [
      page,
      scaleReport(odd, scaleOutcome(odd)),
      scaleReport(scaleRun([], { asked: run.asked }), scaleOutcome(scaleRun([], { asked: run.asked }))),
    ])
      expect(text.replace(/<script[\s\S]*?<\/script>/g, "")).to.not.match(/NaN|undefined|Infinity/);
  });
});
