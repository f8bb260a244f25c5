import { expect } from "chai";

import { sweepResult } from "../harness/sweep/result.ts";
import type { RecordedSweep } from "../harness/sweep/model.ts";
import { stepTrials, sweepHeader } from "../harness/sweep/testing.ts";
import { chartsOf, fetchedBy, filesOf, rowsOf } from "./html/testing.ts";
import { sweepReport } from "./sweep-report.ts";
import { sweepSummary } from "./sweep-summary.ts";

const step: RecordedSweep = { folder: "", header: sweepHeader(), trials: stepTrials() };
const pageOf = (sweep: RecordedSweep): string => sweepReport(sweep, sweepResult(sweep, 120));
const count = (text: string, part: string): number => text.split(part).length - 1;

describe("the page of a sweep", () => {
  const page = pageOf(step);

  it("has the verdict first, then the plots, the points and the data", () => {
    const order = ["<h1", "edge at link-delay.delay", "Success", "Measured: first answer", "Points", "Data"];
    const places = order.map((text, index) => page.indexOf(text, index === 0 ? 0 : page.indexOf("<h1")));
    expect(places).to.deep.equal(places.toSorted((a, b) => a - b));
    expect(places[0]).to.be.above(0);
  });

  it("draws a point with its interval for each value, the fit and the interval of the edge", () => {
    const plot = chartsOf(page)[0]!;
    expect(count(plot, "<circle")).to.equal(7);
    expect(plot).to.contain('aria-label="Share of successes against link-delay.delay"');
    expect(plot).to.contain("66.5 ms: 100 % [63.1 %, 100 %], 8 of 8").and.to.contain('class="fault"');
    expect(plot).to.contain("line s2 d1");
    expect(page).to.not.match(/NaN|undefined|Infinity/);
  });

  it("draws successes as dots at their figures and failures as crosses", () => {
    const plot = chartsOf(page).at(-1)!;
    expect(count(plot, "<circle")).to.equal(3 * 8);
    expect(count(plot, "line s1")).to.equal(4 * 8);
  });

  it("has no second plot where trials have no figure", () => {
    const { value: _value, ...header } = step.header;
    expect(chartsOf(pageOf({ ...step, header }))).to.have.length(1);
    const bare = step.trials.map(({ value: _figure, ...trial }) => trial);
    expect(chartsOf(pageOf({ ...step, trials: bare }))).to.have.length(1);
  });

  it("fetches nothing and carries its trials", () => {
    expect(fetchedBy(page)).to.deep.equal([]);
    const [columns, ...rows] = rowsOf(filesOf(page).get("trials.csv")!);
    expect(columns).to.deep.equal(["at", "x", "ok", "value", "excluded", "detail"]);
    expect(rows).to.have.length(56);
  });

  it("lets no text of a trial become markup, and names what was excluded", () => {
    const evil = `</script><img src=x onerror="alert(1)">`;
    const trials = [...step.trials, { at: 1, x: 66.5, ok: false, excluded: evil, detail: evil }];
    const attacked = pageOf({ ...step, header: sweepHeader({ suite: evil }), trials });
    expect(attacked).to.not.contain("<img");
    expect(attacked).to.contain("Excluded trials");
  });

  it("is made of a sweep without a trial, too", () => {
    expect(pageOf({ ...step, trials: [] }))
      .to.contain("cut off")
      .and.to.not.match(/NaN|undefined|Infinity/);
  });
});

describe("the summary of a sweep", () => {
  it("has a bar for each point and the verdict last", () => {
    const lines = sweepSummary(sweepResult(step, 120)).trimEnd().split("\n");
    expect(lines[1]).to.match(/^ +40 ms {2}█{20} {2}100 % \[63\.1 %, 100 %\], 8 of 8$/);
    expect(lines.find((line) => line.includes("71.2 ms"))).to.match(/·{20} {2}0 % /);
    expect(lines.at(-1)).to.match(/^edge at link-delay\.delay/);
  });
});
