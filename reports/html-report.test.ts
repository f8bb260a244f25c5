import { expect } from "chai";
import { compareRuns } from "../harness/compare/compare.ts";
import { judge } from "../harness/judge/judge.ts";
import { loadObjectives } from "../harness/judge/objective.ts";
import type { RecordedRun, Sample } from "../harness/record/model.ts";
import { accountsOf, phase, runOf, samplesOf } from "../harness/record/testing.ts";
import { projectFile } from "../harness/project.ts";
import { htmlReport } from "./html-report.ts";
import { fetchedBy, filesOf, rowsOf } from "./html/testing.ts";
import { wholeRun } from "./testing.ts";

const objectives = loadObjectives(projectFile("fixtures", "objectives", "quickstart.yaml"));
const reportOf = (run: RecordedRun): string => htmlReport(run, judge(run, objectives));

const count = (text: string, part: string): number => text.split(part).length - 1;

describe("the HTML report", () => {
  const page = reportOf(wholeRun());

  it("has the verdict first, then everything it rests on", () => {
    const titles = [
      ...["Over time", "Receipts of the faults", "Response times", "Scale-out", "Node failures"],
      ...["Who reaches whom", "Load", "Host pressure", "Notes", "Run", "Data"],
    ];
    const order = ["<h1", "hello-world-responds", ...titles.map((title) => `>${title}</h2>`)];
    const places = order.map((text) => page.indexOf(text));
    expect(places).to.deep.equal(places.toSorted((a, b) => a - b));
    expect(places[0]).to.be.greaterThan(0);
  });

  it("draws a closed load apart from an open one, and says what was run otherwise than asked for", () => {
    const cell = phase("overhead-lcl", { note: "asked 500 users, run with 40 (fit)" });
    const open = samplesOf(cell, [10, 11, 12]);
    const closed = open.map((sample): Sample => ({ ...sample, model: "closed" }));
    const accounts = [
      ...accountsOf(open),
      { ...accountsOf(closed)[0]!, model: "closed" as const, users: 40, thinkMs: 250 },
    ];
    const report = reportOf(runOf({ phases: [cell], samples: [...open, ...closed], accounts }));
    expect(report).to.contain("overhead-lcl (lcl) (n=3)");
    expect(report).to.contain("overhead-lcl (lcl), closed model (n=3)");
    expect(report).to.contain("closed, users: 40");
    expect(report).to.contain("overhead-lcl: asked 500 users, run with 40 (fit)");
    expect(page).to.not.contain("otherwise than asked for");
  });

  it("is one file that fetches nothing", () => {
    expect(page).to.contain("default-src &#39;none&#39;");
    expect(fetchedBy(page)).to.deep.equal([]);
  });

  it("draws load, latency, errors, replicas, faults and receipts on one time axis", () => {
    const chart = page.slice(page.indexOf(">Over time</h2>"), page.indexOf(">Receipts of the faults</h2>"));
    expect(count(chart, 'role="img"')).to.equal(1);
    for (const heading of [
      "load: requests",
      "latency of",
      "did not complete",
      "replicas, while",
      "receipts of",
    ])
      expect(chart, heading).to.contain(heading);
    expect(count(chart, 'class="fault"')).to.equal(4 + 1);
    expect(chart).to.contain("✓ wan-typ").and.to.contain("! stream-latency").and.to.contain("pi4-1 killed");
    expect(chart.replaceAll(/\s+/g, " ")).to.match(
      /42 s: 20\/s offered, [\d.]+\/s completed; p50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms of 20; in force: wan-typ/,
    );
    expect(page).to.not.match(/NaN|undefined|Infinity/);
  });

  it("has each phase's distribution as ECDF and histogram, on a logarithmic and a linear axis, by device class", () => {
    const charts = page.slice(page.indexOf(">Response times</h2>"), page.indexOf(">Scale-out</h2>"));
    for (const view of ["ecdf log", "ecdf linear", "histogram log", "histogram linear"])
      expect(count(charts, `class="view ${view}"`), view).to.equal(7);
    expect(charts.replaceAll(/\s+/g, " ")).to.match(
      /<title> ?pi4: p50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms of completed, n \d+/,
    );
    expect(charts)
      .to.contain("lossy")
      .and.to.match(/\d+ did not complete/);
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

  it("carries the data of every plot, and what the page was made from", () => {
    const files = filesOf(page);
    const names = ["timeline.csv", "distribution-hello-world.csv", "scale-out-pods.csv", "reachability.csv"];
    expect([...files.keys()]).to.include.members([...names, "events.ndjson", "judgements.json", "run.json"]);
    const samples = rowsOf(files.get("samples.csv")!);
    expect(samples[0]).to.include("durationMs");
    expect(samples).to.have.length(wholeRun().samples.length + 1);
    const [columns, ...rows] = rowsOf(files.get("timeline.csv")!);
    const sum = (name: string): number =>
      rows.reduce((total, row) => total + Number(row[columns!.indexOf(name)]), 0);
    const outcomes = wholeRun().samples.map(({ outcome }) => outcome);
    expect(sum("failed")).to.equal(outcomes.filter((outcome) => outcome === "failed").length);
    expect(sum("timed_out")).to.equal(outcomes.filter((outcome) => outcome === "timed-out").length);
  });

  it("shows who reaches whom at the start, under each fault that was measured, and at the end", () => {
    const matrices = page.slice(page.indexOf(">Who reaches whom</h2>"), page.indexOf(">Load</h2>"));
    const captions = [...matrices.matchAll(/<caption>\s*(.*?)\s*<\/caption>/g)].map((match) => match[1]);
    expect(captions[0]).to.equal("Start of the run, over the overlay");
    expect(captions.at(-1)).to.equal("End of the run, over the overlay");
    expect(captions).to.include("While wan-typ was in force (typ)");
    expect(matrices).to.contain("✗ none of 5").and.to.contain("4.21 ms");
  });

  it("is held against a baseline, whose curves and changes it shows", () => {
    const base = { ...wholeRun(), header: { ...wholeRun().header, id: "before" } };
    const slower = wholeRun();
    slower.samples = slower.samples.map((sample) => ({ ...sample, durationMs: sample.durationMs * 1.6 }));
    const compared = compareRuns(base, slower, { effect: 0.05, seed: 1 });
    expect(compared.comparisons.some(({ verdict }) => verdict === "worse")).to.equal(true);
    const report = htmlReport(slower, judge(slower, objectives), { run: base, compared });
    const places = ["<h1", ">Against the baseline</h2>", ">Over time</h2>"].map((text) =>
      report.indexOf(text),
    );
    expect(places).to.deep.equal(places.toSorted((a, b) => a - b));
    expect(report)
      .to.match(/\d+ worse, 0 better/)
      .and.to.contain("✗ worse")
      .and.to.contain("against before");
    expect(report.replaceAll(/\s+/g, " ")).to.match(/<title> ?baseline: p50/);
    expect(report).to.not.match(/NaN|undefined/);
    expect(page).to.not.contain("Against the baseline");
  });

  it("says that a run was cut off, and shows what is there of it", () => {
    const whole = wholeRun();
    const samples = whole.samples.slice(0, 900);
    const events = whole.events.filter(({ type }) => type !== "end").slice(0, 8);
    const report = reportOf({ ...whole, samples, events, complete: false });
    expect(report).to.contain('<h1 class="broken">').and.to.contain("the run was cut off: it has no end");
    expect(report).to.contain(">Over time</h2>").and.to.contain(">Response times</h2>");
    expect(report)
      .to.contain("(cut off)")
      .and.to.not.match(/NaN|undefined|Infinity/);
    expect(rowsOf(filesOf(report).get("samples.csv")!)).to.have.length(901);
  });

  it("is made of a run that has nothing in it, too", () => {
    expect(reportOf(runOf({ complete: false })))
      .to.contain("cut off")
      .and.to.not.match(/NaN|undefined/);
  });
});
