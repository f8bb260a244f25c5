import {
  appendFileSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { EdgeproofError } from "../errors.ts";
import { ExitCode } from "../exit-codes.ts";
import { readRun } from "./read-run.ts";
import { RunRecorder } from "./run-folder.ts";
import { header, phase, samplesOf, START, temporaryFolder } from "./testing.ts";

const { schema: _schema, id: _id, ...newHeader } = header;

const thrownBy = (act: () => unknown): EdgeproofError => {
  try {
    act();
  } catch (error) {
    if (error instanceof EdgeproofError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

describe("a run's folder", () => {
  let root: string;
  beforeEach(() => (root = temporaryFolder()));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const recorder = (): RunRecorder => new RunRecorder({ root, header: newHeader, sha: "0123456789abcdef" });

  it("gives back what was recorded", () => {
    const run = recorder();
    const typ = phase("typ");
    const samples = [...samplesOf(typ, [1, 2, Infinity]), ...samplesOf(phase("lossy"), [3])];
    run.event({ type: "phase", at: START, phase: typ });
    run.samples(samples);
    run.end("finished", START + 5);
    const read = readRun(run.folder);
    expect(read.header).to.deep.equal(run.header);
    expect(read.events).to.have.length(2);
    expect(read.samples).to.have.deep.members(samples);
    expect(read.complete).to.equal(true);
  });

  it("is named after time, commit and suite, and `latest` leads to the last one", () => {
    const first = recorder();
    const second = recorder();
    expect(first.header.id).to.equal("20260131T120000Z-01234567-quickstart");
    expect(second.header.id).to.equal("20260131T120000Z-01234567-quickstart-2");
    expect(readlinkSync(join(root, "latest"))).to.equal(join("runs", second.header.id));
    expect(readdirSync(root).toSorted()).to.deep.equal(["latest", "runs"]);
  });

  it("says nogit where there is no commit", () => {
    const run = new RunRecorder({ root, header: newHeader });
    expect(run.header.id).to.contain("-nogit-");
  });

  it("appends only: what is there is never rewritten", () => {
    const run = recorder();
    const file = join(run.folder, "events.ndjson");
    run.event({ type: "note", at: 1, text: "one" });
    const before = readFileSync(file, "utf8");
    run.event({ type: "note", at: 2, text: "two\nlines" });
    expect(readFileSync(file, "utf8").startsWith(before)).to.equal(true);
    expect(readRun(run.folder).events).to.have.length(2);
  });

  it("counts as cut off without an end, and leaves out a line that was cut in the middle", () => {
    const run = recorder();
    run.event({ type: "note", at: 1, text: "one" });
    appendFileSync(join(run.folder, "events.ndjson"), '{"type":"no');
    const read = readRun(run.folder);
    expect(read.complete).to.equal(false);
    expect(read.events).to.have.length(1);
  });

  it("refuses a damaged line with its file and line", () => {
    const run = recorder();
    run.event({ type: "note", at: 1, text: "one" });
    appendFileSync(join(run.folder, "events.ndjson"), '{"type":"note","at":"soon","text":""}\n');
    const error = thrownBy(() => readRun(run.folder));
    expect(error.code).to.equal("run-damaged");
    expect(error.where).to.match(/events\.ndjson:2$/);
    expect(error.message).to.contain("at:");
  });

  it("refuses another schema and names the one it reads", () => {
    const run = recorder();
    writeFileSync(join(run.folder, "run.json"), JSON.stringify({ ...run.header, schema: 7 }));
    const error = thrownBy(() => readRun(run.folder));
    expect([error.code, error.exitCode]).to.deep.equal(["run-schema", ExitCode.usage]);
    expect(error.format()).to.contain("schema 7").and.to.contain("schema 1");
  });

  it("says so when a folder is no run", () => {
    expect(thrownBy(() => readRun(root)).code).to.equal("run-missing");
  });

  it("refuses names that would leave the folder", () => {
    const run = recorder();
    expect(thrownBy(() => run.logs("../x")).code).to.equal("record-name");
    expect(thrownBy(() => run.rawLoad("a/b")).code).to.equal("record-name");
  });

  it("says that the disk is full, once and clearly", function () {
    if (process.platform !== "linux") this.skip();
    const run = recorder();
    const file = join(run.folder, "events.ndjson");
    symlinkSync("/dev/full", file);
    const error = thrownBy(() => run.event({ type: "note", at: 1, text: "x" }));
    expect([error.code, error.exitCode]).to.deep.equal(["record-write", ExitCode.broken]);
    expect(error.format()).to.contain("ENOSPC").and.to.contain("events.ndjson").and.to.contain("fix:");
  });
});
