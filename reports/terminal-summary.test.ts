import { expect } from "chai";

import { judge } from "../harness/judge/judge.ts";
import { loadObjectives } from "../harness/judge/objective.ts";
import { projectFile } from "../harness/project.ts";
import { phase, runOf, samplesOf } from "../harness/record/testing.ts";
import { runSummary } from "./run-summary.ts";
import { terminalSummary } from "./terminal-summary.ts";
import { wholeRun } from "./testing.ts";

const objectives = loadObjectives(projectFile("fixtures", "objectives", "quickstart.yaml"));
const run = wholeRun(10);
const judgements = judge(run, objectives);
const summary = runSummary(run);
const closing = ["report: reports/runs/x/report.html", "allure: reports/runs/x/allure-report/index.html"];
const SMALL = { columns: 80, rows: 24 };

describe("the summary in a terminal", () => {
  const lines = terminalSummary(summary, judgements, { screen: SMALL, closing }).trimEnd().split("\n");

  it("fits on a screen of 80 x 24 with the prompt below it", () => {
    expect(lines.length).to.be.at.most(23);
    expect(Math.max(...lines.slice(0, -2).map((line) => line.length))).to.be.at.most(80);
  });

  it("has the verdict first, then what is not met, worst first, and says how much more there is", () => {
    expect(lines[0]).to.match(/^broken: \d+ met, /);
    const failing = lines.filter((line) => /^[!✗?] /.test(line));
    expect(failing.length).to.be.above(4);
    const order = failing.map((line) => "!✗?".indexOf(line[0]!));
    expect(order).to.deep.equal(order.toSorted());
    const failed = judgements.filter(({ verdict }) => verdict !== "met").length;
    const more = Number(/^… and (\d+) more that are not met; /m.exec(lines.join("\n"))![1]);
    expect(failing.length + more).to.equal(failed);
  });

  it("has a sparkline for each phase, of one scale, then the faults and where the reports are", () => {
    const bars = (name: string): string => /[▁-█×·]+/.exec(lines.find((line) => line.startsWith(name))!)![0];
    const height = (name: string): number =>
      Math.max(...Array.from(bars(name), (bar) => "▁▂▃▄▅▆▇█".indexOf(bar)));
    expect(bars("typ")).to.have.length(10);
    expect(height("stream-latency")).to.be.above(height("typ"));
    expect(lines.at(-3)).to.match(/^faults: 3 of 4 held for their whole window; NOT held: stream-lat/);
    expect(lines.slice(-2)).to.deep.equal(closing);
  });

  it("has every objective where there is room, where all were asked for, and where there is no screen", () => {
    for (const options of [{ screen: { columns: 400, rows: 200 } }, { screen: SMALL, all: true }, {}]) {
      const text = terminalSummary(summary, judgements, { ...options, closing });
      for (const { objective } of judgements) expect(text).to.contain(objective);
      expect(text).to.contain("p95 of each second").and.to.not.contain("more that are not met");
      expect(text.trimEnd().endsWith(closing.at(-1)!)).to.equal(true);
    }
  });

  it("has nothing but the verdict and the phases where all is met", () => {
    const lcl = phase("lcl");
    const samples = samplesOf(
      lcl,
      Array.from({ length: 200 }, (_, index) => 5 + (index % 3)),
    );
    const good = runOf({ phases: [lcl], samples });
    const met = judge(good, [
      { name: "fast", quantity: "response-time", percentile: "p95", limit: 100, scope: { phase: "lcl" } },
    ]);
    const text = terminalSummary(runSummary(good), met, { screen: { columns: 40, rows: 10 }, closing });
    expect(text.split("\n")[0]).to.equal("met: 1 met");
    expect(text).to.match(/^lcl +[▁-█]+/m);
    expect(text).to.not.match(/^[!✗?] /m);
  });

  it("is coloured only where that is wanted", () => {
    expect(lines.join("")).to.not.contain("\u001b");
    expect(terminalSummary(summary, judgements, { screen: SMALL, colour: true })).to.contain("\u001b[35m");
  });
});
