import { expect } from "chai";
import { judge } from "../harness/judge/judge.ts";
import { loadObjectives } from "../harness/judge/objective.ts";
import type { RecordedRun, Sample } from "../harness/record/model.ts";
import { accountsOf, phase, runOf, samplesOf } from "../harness/record/testing.ts";
import { projectFile } from "../harness/project.ts";
import { htmlReport } from "./html-report.ts";
import { wholeRun } from "./testing.ts";

const objectives = loadObjectives(projectFile("fixtures", "objectives", "quickstart.yaml"));
const reportOf = (run: RecordedRun): string => htmlReport(run, judge(run, objectives));

const count = (text: string, part: string): number => text.split(part).length - 1;

describe("the HTML report", () => {
  const page = reportOf(wholeRun());

  it("has the verdict first, then everything it rests on", () => {
    const order = [
      "<h1",
      "hello-world-responds",
      "Over time",
      "Receipts of the faults",
      "Scale-out",
      "Node failures",
      "Response times",
      "Load",
      "Host pressure",
      "Notes",
      "Data",
    ];
    const places = order.map((text) => page.indexOf(text));
    expect(places).to.deep.equal(places.toSorted((a, b) => a - b));
    expect(places[0]).to.be.greaterThan(0);
  });

  it("draws a closed load as a curve of its own, and says what was run otherwise than asked for", () => {
    const cell = phase("overhead-lcl", { note: "asked 500 users, run with 40 (fit)" });
    const open = samplesOf(cell, [10, 11, 12]);
    const closed = open.map((sample): Sample => ({ ...sample, model: "closed" }));
    const accounts = [
      ...accountsOf(open),
      { ...accountsOf(closed)[0]!, model: "closed" as const, users: 40, thinkMs: 250 },
    ];
    const report = reportOf(runOf({ phases: [cell], samples: [...open, ...closed], accounts }));
    expect(report).to.contain("overhead-lcl (n=3)").and.to.contain("overhead-lcl, closed model (n=3)");
    expect(report).to.contain("closed, users: 40");
    expect(report).to.contain("overhead-lcl: asked 500 users, run with 40 (fit)");
    expect(page).to.not.contain("otherwise than asked for");
  });

  it("is one file that fetches nothing", () => {
    expect(page).to.contain("default-src &#39;none&#39;");
    expect(page.replaceAll("http-equiv", "")).to.not.match(/\b(src|href)="|@import|url\(|https?:/);
  });

  it("draws the timeline, the pods and a curve for each phase, and no coordinate is missing", () => {
    expect(count(page, "<svg")).to.equal(4);
    expect(page).to.contain("never ready").and.to.contain("pi4-1 killed");
    expect(page).to.not.match(/NaN|undefined|Infinity/);
  });

  it("lets no text of a run become markup or end a script", () => {
    const run = wholeRun();
    const evil = `</script><img src=x onerror="alert(1)">`;
    run.header = { ...run.header, suite: evil };
    run.events = [
      ...run.events,
      { type: "note", at: 1, text: evil },
      { type: "trouble", at: 1, what: evil },
      { type: "phase", at: 1, phase: phase(evil, { profile: evil }) },
    ];
    const attacked = reportOf(run);
    expect(attacked).to.not.contain("<img");
    expect(count(attacked, "</script>")).to.equal(count(page, "</script>"));
  });

  it("carries the data that it was made from", () => {
    const data = /id="data-samples">([^<]*)</.exec(page)?.[1];
    const { columns, rows } = JSON.parse(data!) as { columns: string[]; rows: unknown[][] };
    expect(columns).to.include("durationMs");
    expect(rows).to.have.length(wholeRun().samples.length);
  });

  it("is made of a run that has nothing in it, too", () => {
    expect(reportOf(runOf({ complete: false })))
      .to.contain("cut off")
      .and.to.not.match(/NaN|undefined/);
  });
});
