import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { readSweep, SWEEP_FILE } from "./read-sweep.ts";
import { sweepExitCode, sweepJson, sweepResult, sweepVerdict } from "./result.ts";
import { ensureSameSweep, SweepFolder } from "./sweep-folder.ts";
import { sweep, type SweepTrial, type TrialReport } from "./sweep.ts";
import { stepTrials, sweepHeader } from "./testing.ts";

/** Succeeds below an edge, and writes down what is asked of it. */
class StepTrial implements SweepTrial {
  readonly calls: string[] = [];
  private readonly answer: (x: number, count: number) => TrialReport;
  private x = NaN;
  private count = 0;

  constructor(answer: (x: number, count: number) => TrialReport) {
    this.answer = answer;
  }

  prepare(x: number): Promise<void> {
    this.x = x;
    this.calls.push(`prepare ${x}`);
    return Promise.resolve();
  }

  run(): Promise<TrialReport> {
    return Promise.resolve(this.answer(this.x, ++this.count));
  }

  restore(): Promise<void> {
    this.calls.push("restore");
    return Promise.resolve();
  }
}

const below = (x: number): TrialReport => ({ ok: x < 67, value: x, detail: "" });

describe("a sweep", () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), "edgeproof-sweep-"))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const begun = (): SweepFolder => {
    const { schema: _schema, ...facts } = sweepHeader();
    return SweepFolder.create(root, "step", facts);
  };
  const options = (folder: SweepFolder, trial: SweepTrial, budget = 120) => ({
    ...{ folder, trial, budget, signal: new AbortController().signal },
    now: () => 0,
  });

  it("prepares each value once, takes it back, and finds the edge", async () => {
    const folder = begun();
    const trial = new StepTrial(below);
    const { ending, bracket } = await sweep(options(folder, trial));
    expect(ending).to.equal("found");
    expect(bracket!.low).to.be.below(67);
    expect(bracket!.high).to.be.at.least(67);
    expect(trial.calls).to.have.length(2 * 7);
    expect(trial.calls.filter((_, index) => index % 2 === 1).every((call) => call === "restore")).to.equal(
      true,
    );
  });

  it("has every trial on disk when it is over, and reads back what it wrote", async () => {
    const folder = begun();
    const counts: number[] = [];
    await sweep({
      ...options(folder, new StepTrial(below)),
      onTrial: () => counts.push(readSweep(folder.folder).trials.length),
    });
    expect(counts).to.deep.equal(counts.map((_, index) => index + 1));
    expect(readSweep(folder.folder)).to.deep.equal(folder.recorded);
  });

  it("repeats excluded trials and counts them apart", async () => {
    const folder = begun();
    const trial = new StepTrial((x, count) =>
      count % 4 === 0 ? { ok: false, excluded: "busy host", detail: "" } : below(x),
    );
    await sweep(options(folder, trial));
    const result = sweepResult(folder.recorded, 120);
    expect([result.ending, result.trials, result.excluded]).to.deep.equal(["found", 56, 18]);
  });

  it("gives up where trials say nothing again and again, and takes the value back", async () => {
    const folder = begun();
    const trial = new StepTrial(() => ({ ok: false, excluded: "no rig", detail: "" }));
    let message = "";
    await sweep(options(folder, trial)).catch((error: unknown) => (message = String(error)));
    expect(message).to.contain("5 trials said nothing");
    expect(trial.calls).to.deep.equal(["prepare 40", "restore"]);
  });

  it("ends when it is aborted, with what it has, and resumes to the same end", async () => {
    const folder = begun();
    const ending = new AbortController();
    const trial = new StepTrial((x, count) => {
      if (count === 21) ending.abort();
      return below(x);
    });
    await sweep({ ...options(folder, trial), signal: ending.signal });
    expect(folder.trials).to.have.length(21);
    expect(trial.calls.at(-1)).to.equal("restore");
    // As a kill in the middle of a write would leave it.
    appendFileSync(join(folder.folder, SWEEP_FILE), '{"at":0,"x":40,"o');
    const resumed = SweepFolder.resume(folder.folder);
    expect(resumed.trials).to.have.length(21);
    const search = await sweep(options(resumed, new StepTrial(below)));
    const whole = begun();
    expect(search).to.deep.equal(await sweep(options(whole, new StepTrial(below))));
    expect(readSweep(resumed.folder).trials).to.deep.equal(whole.trials);
  });

  it("takes the value back when a trial or its preparation fails", async () => {
    const failing = new StepTrial(below);
    failing.prepare = () => Promise.reject(new Error("half done"));
    const error = await sweep(options(begun(), failing)).then(
      () => "",
      (reason: unknown) => String(reason),
    );
    expect([error, failing.calls]).to.deep.equal(["Error: half done", ["restore"]]);
  });

  it("never shares a folder with another, and needs none of its own to be read", () => {
    expect(begun().folder).to.not.equal(begun().folder);
    expect(() => readSweep(root)).to.throw(/not a sweep/);
  });

  it("refuses to resume what was another question, and says which", () => {
    const recorded = sweepHeader();
    expect(() => ensureSameSweep("f", recorded, { ...recorded })).to.not.throw();
    const { axis } = recorded;
    const other = { ...axis, high: 95 };
    expect(() => ensureSameSweep("f", recorded, { axis: other })).to.throw(/another axis/);
    expect(() => ensureSameSweep("f", recorded, { suite: "other", cap: 20 })).to.throw(
      /another suite and cap/,
    );
    expect(() => ensureSameSweep("f", recorded, { versions: { edgeproof: "0.2.0" } })).to.throw(/versions/);
  });

  it("refuses a file that is damaged, with file and line", () => {
    const { folder } = begun();
    const file = join(folder, SWEEP_FILE);
    const header = readFileSync(file, "utf8");
    writeFileSync(file, `${header}{"x":"forty"}\n`);
    expect(() => readSweep(folder))
      .to.throw()
      .with.property("where", `${file}:2`);
    writeFileSync(file, header.replace('"schema":1', '"schema":99'));
    expect(() => readSweep(folder))
      .to.throw()
      .with.property("where", `${file}:1`);
    writeFileSync(file, "");
    expect(() => readSweep(folder)).to.throw(/no header/);
  });

  describe("'s result", () => {
    const of = (trials = stepTrials(), budget = 120) =>
      sweepResult({ folder: "", header: sweepHeader(), trials }, budget);

    it("names the edge, its interval and the trials in one sentence", () => {
      expect(sweepVerdict(of())).to.match(
        /^edge at link-delay\.delay 67\.\d ms \[66\.5 ms, 68\.1 ms\]: success falls there \(95 % confidence, 56 trials\)$/,
      );
      expect(sweepExitCode(of())).to.equal(0);
    });

    it("says why an edge is broader than was asked for, or that there is none", () => {
      const broad = of(stepTrials().slice(0, 24), 24);
      expect(sweepVerdict(broad)).to.match(/\[65 ms, 90 ms\].*broader than 2 ms, as the trials are spent/);
      expect(sweepExitCode(broad)).to.equal(2);
      const none = of(
        stepTrials()
          .slice(0, 16)
          .map((trial) => ({ ...trial, ok: true })),
      );
      expect(sweepVerdict(none)).to.match(
        /^no edge in this range: success 100 % \[63\.1 %, 100 %\] at 40 ms, 100 %/,
      );
      expect(sweepExitCode(none)).to.equal(2);
      expect(sweepVerdict(of([]))).to.match(
        /^no edge found in link-delay\.delay=40\.\.90ms: the sweep was cut off/,
      );
    });

    it("has its estimate within the interval, though all points separate", () => {
      const { edge } = of();
      expect(edge!.estimate).to.be.within(edge!.low, edge!.high);
    });

    it("is JSON of the same bytes for the same trials", () => {
      expect(sweepJson(of(), "f")).to.equal(sweepJson(of(), "f"));
      expect(JSON.parse(sweepJson(of(), "f"))).to.deep.include({ ending: "found", folder: "f", trials: 56 });
    });
  });
});
