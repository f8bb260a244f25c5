import { expect } from "chai";

import { runFigures } from "../harness/trend/figures.ts";
import type { Trend } from "../harness/trend/model.ts";
import { seriesRun } from "../harness/trend/testing.ts";
import { trendOf } from "../harness/trend/trend.ts";
import { chartsOf, fetchedBy, filesOf, rowsOf } from "./html/testing.ts";
import { trendReport } from "./trend-report.ts";
import { trendTable } from "./trend-table.ts";

const trendOver = (medians: readonly number[], unread: Trend["excluded"] = []): Trend =>
  trendOf(
    medians.map((median, index) => runFigures(seriesRun(index, median))),
    { effect: 0.05, unread },
  );
const slower = trendOver([20, 21, 22.5, 24, 25.5, 27, 29, 31]);
const count = (text: string, part: string): number => text.split(part).length - 1;

describe("the page of a trend", () => {
  const page = trendReport(slower);
  const first = chartsOf(page)[0]!;

  it("has the counts first, then the rows, the charts, the groups and the data", () => {
    const order = ["<h1", "Series", "Over the runs", "Groups", "Data"];
    const places = order.map((text) => page.indexOf(text.startsWith("<") ? text : `>${text}</h2>`));
    expect(places).to.deep.equal(places.toSorted((a, b) => a - b));
    expect(places[0]).to.be.above(0);
    expect(page).to.match(/<h1 class="missed">\d+ worse, 0 better, 2 same/);
  });

  it("draws each series with a mark and an interval for each run, worst first", () => {
    expect(chartsOf(page)).to.have.length(11);
    expect(count(first, "<circle")).to.equal(8);
    expect(count(first, 'class="line s5"')).to.equal(8);
    expect(first).to.match(/aria-label="p\d\d hello-world \S+, lcl: worse, .+ to .+, change \+\d+/);
    expect(first).to.contain("run 8, run-7: ").and.to.contain("n 200");
    expect(page).to.not.match(/NaN|undefined|-?Infinity/);
  });

  it("leaves a gap where a run has no figure, and marks what never happened", () => {
    const runs = [20, 21, 22, 23, 24, 25].map((median, index) => runFigures(seriesRun(index, median)));
    runs[2]!.figures[0]!.doubts.push("the host was saturated");
    runs[4]!.figures[0]!.value = Infinity;
    const gapped = trendOf(runs, { effect: 0.05 });
    const row = gapped.rows.find(({ leftOut }) => leftOut.length > 0)!;
    const one = trendReport({ ...gapped, rows: [row] });
    expect(count(chartsOf(one)[0]!, "<circle")).to.equal(4);
    expect(one).to.contain(">×</text>").and.to.contain("run 3, lcl: the host was saturated");
    expect(one).to.contain("run 5, run-4: never");
    expect(trendTable({ ...gapped, rows: [row] })).to.match(/[▁-█]{2}·[▁-█]×[▁-█]/);
  });

  it("works light and dark, offline, and carries its data", () => {
    expect(page).to.contain("prefers-color-scheme: dark");
    expect(fetchedBy(page)).to.deep.equal([]);
    const [columns, ...rows] = rowsOf(filesOf(page).get("trend.csv")!);
    expect(columns).to.include.members(["run", "id", "quantity", "value", "low", "high"]);
    expect(rows).to.have.length(11 * 8);
    const saved = JSON.parse(filesOf(page).get("trend.json")!);
    expect(saved.rows).to.have.length(11);
  });

  it("names what was left out, and lets no text of a run become markup", () => {
    const evil = `</script><img src=x onerror="alert(1)">`;
    const attacked = trendReport(trendOver([20, 21], [{ run: evil, reason: evil }]));
    expect(attacked).to.contain("Left out").and.to.not.contain("<img");
  });

  it("is made of no runs at all, too", () => {
    expect(trendReport(trendOf([], { effect: 0.05 })))
      .to.contain("0 worse")
      .and.to.not.match(/NaN|Infinity/);
  });
});

describe("the trend table", () => {
  it("has the last run's place, and colour only where it is wanted", () => {
    expect(trendTable(slower)).to.contain("worse than all before").and.to.not.contain("\u001b");
    expect(trendTable(slower, { colour: true })).to.contain("\u001b[31m✗ worse");
  });

  it("is cut to a number of lines, and keeps the worst rows and the counts", () => {
    const lines = trendTable(slower, { lines: 12 }).trimEnd().split("\n");
    expect(lines.length).to.be.at.most(12);
    expect(lines.some((line) => line.startsWith("✗ worse"))).to.equal(true);
    expect(lines.at(-1)).to.match(/worse, .* too few runs$/);
  });
});
