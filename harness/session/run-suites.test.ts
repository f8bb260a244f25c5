import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { expect } from "chai";

import { projectFile } from "../project.ts";
import { runSuites } from "./run-suites.ts";

describe("suites", () => {
  it("may take longer on machines that need patience, whatever time they gave themselves", async () => {
    const folder = mkdtempSync(join(tmpdir(), "edgeproof-suites-"));
    try {
      const file = join(folder, "slow.suite.mjs");
      const slow = "function () { this.timeout(40); return new Promise((done) => setTimeout(done, 120)); }";
      writeFileSync(file, `describe("slow", () => { before(${slow}); it("passes", ${slow}); });\n`);
      const run = (patience: number) =>
        runSuites({ files: [file], resultsFolder: join(folder, "results"), spec: false, patience });
      expect(await run(6)).to.deep.equal({ passed: 1, failed: 0, skipped: 0 });
      expect((await run(1)).passed).to.equal(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("are run as often as they are asked for in one process", async () => {
    const folder = mkdtempSync(join(tmpdir(), "edgeproof-suites-"));
    try {
      const file = join(folder, "own.suite.mjs");
      writeFileSync(
        file,
        'describe("own", () => { it("passes", () => undefined); it.skip("is left out"); });\n',
      );
      for (let time = 1; time <= 3; time++) {
        const outcome = await runSuites({
          files: [relative(projectFile(), file)],
          resultsFolder: join(folder, "results"),
          spec: false,
        });
        expect(outcome, `time ${time}`).to.deep.equal({ passed: 1, failed: 0, skipped: 1 });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
