import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { EdgeproofError } from "../errors.ts";
import { projectFile } from "../project.ts";
import { loadSuite } from "./load-suite.ts";
import { nameOfFile } from "./own-suite.ts";
import { loadSuites } from "./suite-catalog.ts";

const OBJECTIVES = "objectives: [{ name: mine, quantity: error-rate, limit: 1%, scope: { phase: calm } }]";

describe("a suite of a project of one's own", () => {
  const home = process.cwd();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "edgeproof-own-"));
    process.chdir(folder);
    folder = process.cwd();
    mkdirSync("suites");
    writeFileSync("suites/mine.suite.ts", "");
  });
  afterEach(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  });

  const refusal = (action: () => unknown): string => {
    try {
      action();
    } catch (error) {
      if (error instanceof EdgeproofError) return error.format();
      throw error;
    }
    return "";
  };

  it("is run by its file, with what lies beside it, and is found again by what its run records", () => {
    writeFileSync("objectives.yaml", OBJECTIVES);
    const suite = loadSuite("suites/mine.suite.ts", { seed: 1 });
    expect(suite.name).to.equal("mine");
    expect(suite.files).to.deep.equal([join(folder, "suites/mine.suite.ts")]);
    expect(suite.objectives.map(({ name }) => name)).to.deep.equal(["mine"]);
    expect(suite.topology.name).to.equal("quickstart");
    expect(suite.own).to.deep.equal({ suiteFile: "suites/mine.suite.ts", objectives: "objectives.yaml" });
  });

  it("takes the topology and the objectives that are named", () => {
    writeFileSync("limits.yaml", OBJECTIVES);
    const named = { seed: 1, objectives: "limits.yaml", topology: "overlay" };
    const suite = loadSuite("suites/mine.suite.ts", named);
    expect([suite.topology.name, suite.objectivesFrom]).to.deep.equal(["overlay", "limits.yaml"]);
  });

  it("is refused without objectives, and without its file", () => {
    expect(refusal(() => loadSuite("suites/mine.suite.ts", { seed: 1 }))).to.match(
      /objectives\.yaml: nothing says what this suite is to be judged by.*\n.*\n.*--objectives FILE/,
    );
    expect(refusal(() => loadSuite("suites/none.suite.ts", { seed: 1 }))).to.match(
      /there is no file `suites\/none\.suite\.ts`/,
    );
  });

  it("is known by name where the project's catalogue has it, beside those of edgeproof", () => {
    writeFileSync("objectives.yaml", OBJECTIVES);
    writeFileSync(
      "suites/suites.yaml",
      "mine: { topology: overlay, objectives: objectives.yaml, files: [suites/mine.suite.ts] }",
    );
    expect(loadSuites()).to.include.keys("mine", "quickstart");
    const suite = loadSuite("mine", { seed: 1 });
    expect(suite.files).to.deep.equal([join(folder, "suites/mine.suite.ts")]);
    expect(suite.own).to.deep.equal({});
    const shipped = loadSuite("quickstart", { seed: 1 });
    expect(shipped.files[0]).to.equal(projectFile("suites/rig.suite.ts"));
  });

  it("may judge a suite of edgeproof's by other objectives, but no scenario", () => {
    writeFileSync("limits.yaml", OBJECTIVES);
    const suite = loadSuite("quickstart", { seed: 1, objectives: "limits.yaml" });
    expect(suite.objectives.map(({ name }) => name)).to.deep.equal(["mine"]);
    expect(suite.own).to.deep.equal({ objectives: "limits.yaml" });
    expect(refusal(() => loadSuite("underlay-blip", { seed: 1, objectives: "limits.yaml" }))).to.match(
      /bring their objectives with them/,
    );
  });

  it("is named after its file in a way that a folder can be", () => {
    expect(["suites/edge.suite.ts", "My Edge.test.mjs", "x/a_b.js", "ä.ts"].map(nameOfFile)).to.deep.equal([
      "edge",
      "my-edge",
      "a-b",
      "suite",
    ]);
  });
});
