import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { EdgeproofError } from "../errors.ts";
import { carryOver } from "../record/carry-over.ts";
import type { RunEvent, Sample } from "../record/model.ts";
import { readRun } from "../record/read-run.ts";
import { RunRecorder } from "../record/run-folder.ts";
import { accountsOf, header, phase, samplesOf, START, temporaryFolder } from "../record/testing.ts";
import { ensureSameMatrix, ensureSameRig, finishedCells } from "./resume.ts";

const cell = (name: string, state: "begun" | "finished"): RunEvent => ({
  type: "cell",
  at: START,
  phase: name,
  state,
});
const trouble = (what: string): RunEvent => ({ type: "trouble", at: START, what });
const phaseEvent = (name: string): RunEvent => ({ type: "phase", at: START, phase: phase(name) });

describe("going on with a run of a matrix", () => {
  it("takes over cells that were finished, and nothing of one that was not", () => {
    const events = [
      phaseEvent("fit-fib"),
      ...[cell("a", "begun"), phaseEvent("a"), cell("a", "finished")],
      ...[cell("b", "begun"), phaseEvent("b"), trouble("phase b: k6 was killed")],
      ...[cell("c", "begun"), phaseEvent("c"), cell("c", "finished")],
      ...[cell("d", "begun"), phaseEvent("d")],
      { type: "end", at: START, status: "interrupted" },
    ] satisfies RunEvent[];
    const { finished, kept } = finishedCells(events);
    expect([...finished]).to.deep.equal(["a", "c"]);
    const phases = kept.flatMap((event) => (event.type === "phase" ? [event.phase.name] : []));
    expect(phases).to.deep.equal(["fit-fib", "a", "c"]);
    expect(kept.some(({ type }) => type === "trouble" || type === "end")).to.equal(false);
  });

  it("keeps trouble that belongs to a finished cell, or to none", () => {
    const { kept } = finishedCells([
      trouble("before"),
      ...[cell("a", "begun"), trouble("unaccounted"), cell("a", "finished"), trouble("the WAN engine died")],
    ]);
    const said = kept.flatMap((event) => (event.type === "trouble" ? [event.what] : []));
    expect(said).to.deep.equal(["before", "unaccounted", "the WAN engine died"]);
  });

  describe("refuses", () => {
    const settings = { ...header.settings, matrix: "abc", form: "full" };
    const asked = { suite: "benchfaas", topology: "quickstart", matrix: "abc", form: "full" };
    const was = { ...header, suite: "benchfaas", settings };
    const refusal = (act: () => void): string => {
      try {
        act();
      } catch (error) {
        if (error instanceof EdgeproofError && error.exitCode === 64) return error.format();
        throw error;
      }
      return "";
    };

    for (const [key, value] of Object.entries({ suite: "x", topology: "y", matrix: "z", form: "small" }))
      it(`a run of another ${key}`, () => {
        const said = refusal(() => ensureSameMatrix(was, { ...asked, [key]: value }, "/run"));
        expect(said).to.include(`${key} ${value}, not `);
      });

    it("no run of the same", () => {
      expect(refusal(() => ensureSameMatrix(was, asked, "/run"))).to.equal("");
      expect(
        refusal(() => ensureSameRig(["settings.cells: a, b", "settings.resumed: none, x"], "/run")),
      ).to.equal("");
    });

    it("another rig, host or program", () => {
      expect(refusal(() => ensureSameRig(["host.cores: 2, 4"], "/run"))).to.include("host.cores: 2, 4");
    });
  });

  it("copies the samples and k6's output of what it takes over, and leaves the earlier run as it is", () => {
    const root = temporaryFolder();
    try {
      const before = new RunRecorder({ root, header });
      const samples = ["a", "b"].flatMap((name): Sample[] => samplesOf(phase(name), [1, 2]));
      for (const name of ["a", "b"]) {
        before.event(cell(name, "begun"));
        const own = samples.filter((sample) => sample.phase === name);
        before.samples(own);
        for (const account of accountsOf(own)) before.event({ type: "load", at: START, account });
        writeFileSync(before.rawLoad(`${name}-hello-world`), name);
        before.event(phaseEvent(name));
        if (name === "a") before.event(cell(name, "finished"));
      }
      const untouched = readFileSync(join(before.folder, "events.ndjson"), "utf8");
      const after = new RunRecorder({ root, header });
      carryOver(before.folder, finishedCells(readRun(before.folder).events).kept, after);
      const run = readRun(after.folder);
      expect(run.samples).to.deep.equal(samples.filter((sample) => sample.phase === "a"));
      expect(run.events.map(({ type }) => type)).to.deep.equal(["cell", "load", "phase", "cell"]);
      expect(existsSync(join(after.folder, "k6", "a-hello-world.ndjson.gz"))).to.equal(true);
      expect(existsSync(join(after.folder, "k6", "b-hello-world.ndjson.gz"))).to.equal(false);
      expect(readFileSync(join(before.folder, "events.ndjson"), "utf8")).to.equal(untouched);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
