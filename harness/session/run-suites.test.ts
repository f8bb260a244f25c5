import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { expect } from "chai";

import { projectFile } from "../project.ts";
import { runSuites } from "./run-suites.ts";

describe("suites", () => {
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
