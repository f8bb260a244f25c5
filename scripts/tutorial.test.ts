import { readdirSync, readFileSync } from "node:fs";

import { expect } from "chai";

import { projectFile } from "../harness/project.ts";
import { shownFiles, tutorial } from "./tutorial.ts";

const text = readFileSync(projectFile("docs/tutorial.md"), "utf8");

describe("the tutorial", () => {
  it("shows every example, in order, and the suite that init writes", () => {
    const examples = readdirSync(projectFile("suites/examples")).toSorted();
    const shown = shownFiles(text);
    expect(shown.filter((path) => path.startsWith("suites/examples/"))).to.deep.equal(
      examples.map((name) => `suites/examples/${name}`),
    );
    expect(shown).to.include("fixtures/init/suites/edge.suite.ts");
  });

  it("has the files' code letter by letter", () => {
    expect(tutorial(text)).to.equal(text);
  });

  it("is brought up to date when a file changes", () => {
    const stale = text.replace("judgesPhase(", "judgePhase(");
    expect(stale).to.not.equal(text);
    expect(tutorial(stale)).to.equal(text);
  });
});
