import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { expect } from "chai";

import { EdgeproofError } from "../errors.ts";
import { ExitCode } from "../exit-codes.ts";
import { judge } from "../judge/judge.ts";
import { overallVerdict } from "../judge/judgement.ts";
import type { Objective } from "../judge/objective.ts";
import { RUN_SCHEMA } from "./model.ts";
import { readRun } from "./read-run.ts";
import { RunRecorder } from "./run-folder.ts";
import { accountsOf, header, phase, quiet, samplesOf, START, temporaryFolder } from "./testing.ts";

const { schema: _schema, id: _id, ...newHeader } = header;
const typ = phase("typ");
const fast: Objective = {
  ...{ name: "fast", quantity: "response-time", percentile: "p95", limit: 1000, scope: { phase: "typ" } },
};
const samples = samplesOf(
  typ,
  Array.from({ length: 300 }, (_, index) => 5 + (index % 7)),
);

describe("a run that was cut off", () => {
  let root: string;
  beforeEach(() => (root = temporaryFolder()));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** A run of one phase, as it lies on the disk. */
  const recorded = ({ ended = true } = {}): string => {
    const run = new RunRecorder({ root, header: newHeader });
    run.samples(samples);
    for (const account of accountsOf(samples)) run.event({ type: "load", at: START, account });
    run.event({ type: "phase", at: START, phase: typ });
    run.event({ type: "pressure", at: START, pressure: quiet("typ") });
    writeFileSync(run.rawLoad("typ-hello-world"), gzipSync("{}\n".repeat(10_000)));
    if (ended) run.end("finished", START + 60_000);
    return run.folder;
  };
  const verdictOf = (folder: string) => overallVerdict(judge(readRun(folder), [fast]));
  const cut = (file: string, bytes: number): void => truncateSync(file, statSync(file).size - bytes);

  it("is met while it is whole, so that what follows is the cut's doing", () => {
    expect(verdictOf(recorded())).to.equal("met");
  });

  it("is broken without its end, and what is there is read", () => {
    const folder = recorded({ ended: false });
    const run = readRun(folder);
    expect([run.complete, run.events.length, run.samples.length]).to.deep.equal([false, 3, 300]);
    const [judgement] = judge(run, [fast]);
    expect([judgement!.verdict, judgement!.received]).to.deep.equal(["broken", 11]);
    expect(judgement!.reason).to.contain("cut off");
  });

  it("is broken when it was cut in the middle of a line, wherever that is", () => {
    const folder = recorded();
    const file = join(folder, "events.ndjson");
    const whole = readFileSync(file);
    for (let kept = whole.length - 1; kept > whole.length - 400; kept -= 7) {
      writeFileSync(file, whole.subarray(0, kept));
      expect(verdictOf(folder), `${kept} of ${whole.length} bytes`).to.equal("broken");
    }
  });

  it("is broken when its samples were cut: fewer are there than its account says", () => {
    const folder = recorded();
    cut(join(folder, "samples", "typ.ndjson"), 150);
    const run = readRun(folder);
    expect(run.samples.length).to.be.within(297, 299);
    const [judgement] = judge(run, [fast]);
    expect(judgement!.verdict).to.equal("broken");
    expect(judgement!.reason).to.match(/29\d completed samples, its account says 300/);
  });

  it("is read whatever became of k6's packed output, which no verdict rests on", () => {
    const folder = recorded();
    const raw = join(folder, "k6", "typ-hello-world.ndjson.gz");
    cut(raw, 20);
    expect(verdictOf(folder)).to.equal("met");
    unlinkSync(raw);
    expect(verdictOf(folder)).to.equal("met");
  });

  it("is broken, and no error, when nothing but its header was written", () => {
    const folder = new RunRecorder({ root, header: newHeader }).folder;
    const run = readRun(folder);
    expect([run.events, run.samples, run.complete]).to.deep.equal([[], [], false]);
    expect(verdictOf(folder)).to.equal("broken");
  });
});

describe("a run's schema number", () => {
  let root: string;
  beforeEach(() => (root = temporaryFolder()));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const refused = (text: string): EdgeproofError => {
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, "run.json"), text);
    try {
      readRun(root);
    } catch (error) {
      if (error instanceof EdgeproofError) return error;
      throw error;
    }
    throw new Error("it was read");
  };

  it("is refused when it is newer, older, none or no number, with what to do", () => {
    const others = [RUN_SCHEMA + 1, RUN_SCHEMA - 1, undefined, "1", null, [RUN_SCHEMA]];
    for (const schema of others) {
      const error = refused(JSON.stringify({ ...header, schema }));
      expect([error.code, error.exitCode], String(schema)).to.deep.equal(["run-schema", ExitCode.usage]);
      expect(error.format())
        .to.contain(`expected: schema ${RUN_SCHEMA}`)
        .and.to.contain("fix: judge the run with the edgeproof version that recorded it");
    }
  });

  it("is not looked for in garbage", () => {
    for (const text of ["", "{", "\u0000\u0001\u0002", "null", "[]", "7", '"run"']) {
      const error = refused(text);
      expect(error.exitCode, JSON.stringify(text)).to.equal(ExitCode.usage);
      expect(error.code, JSON.stringify(text)).to.be.oneOf(["run-damaged", "run-schema"]);
    }
  });

  it("lets in what a later edgeproof adds to a header or an event, and leaves it out", () => {
    const run = new RunRecorder({ root, header: newHeader });
    const file = join(run.folder, "run.json");
    writeFileSync(file, JSON.stringify({ ...run.header, weather: "rain" }));
    appendFileSync(
      join(run.folder, "events.ndjson"),
      `${JSON.stringify({ type: "note", at: 1, text: "x", weather: "rain" })}\n`,
    );
    const read = readRun(run.folder);
    expect(read.header).to.deep.equal(run.header);
    expect(read.events).to.deep.equal([{ type: "note", at: 1, text: "x" }]);
  });

  it("reads runs of before there was a reachability of their machines, and gives it back where there is", () => {
    const run = new RunRecorder({ root, header: newHeader });
    expect(readRun(run.folder).events).to.deep.equal([]);
    const pairs = [
      { from: "a", to: "b", sent: 5, received: 5, medianMs: 1, minMs: 0.5, maxMs: 2 },
      { from: "b", to: "a", sent: 5, received: 0 },
    ];
    const event = { type: "reachability" as const, at: 1, reachability: { moment: "start" as const, pairs } };
    run.event(event);
    expect(readRun(run.folder).events).to.deep.equal([event]);
  });
});
