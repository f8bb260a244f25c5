import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { seriesRun, writeRuns } from "../trend/testing.ts";
import { edgeproof } from "./testing.ts";

describe("edgeproof compare", function () {
  this.timeout(60_000);
  let folder: string;
  let runs: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "edgeproof-compare-"));
    runs = writeRuns(
      folder,
      [0, 1].map((at) => seriesRun(at, 20)),
    );
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const compare = (...argv: string[]) => edgeproof(folder, "compare", ...argv);

  it("refuses a folder that is no run", async () => {
    const { exitCode, stdout, stderr } = await compare(runs[0]!, join(folder, "runs"));
    expect([exitCode, stdout]).to.deep.equal([64, ""]);
    expect(stderr).to.contain("this folder is not a recorded run [run-missing]").and.to.contain("fix: ");
  });

  it("refuses a run of another schema", async () => {
    const file = join(runs[1]!, "run.json");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), schema: 2 }));
    const { exitCode, stderr } = await compare(runs[0]!, runs[1]!);
    expect(exitCode).to.equal(64);
    expect(stderr).to.contain(`${file}: the run has schema 2 [run-schema]`);
    expect(stderr).to.contain("expected: schema 1, the one that this edgeproof reads");
  });

  it("refuses to compare a run with itself, by a link too", async () => {
    symlinkSync(runs[0]!, join(folder, "link"));
    for (const same of [runs[0]!, join(folder, "link")]) {
      const { exitCode, stdout, stderr } = await compare(runs[0]!, same);
      expect([exitCode, stdout]).to.deep.equal([64, ""]);
      expect(stderr).to.contain("base and head are the same run [compare-itself]").and.to.contain("fix: ");
    }
    expect((await compare(runs[0]!, runs[1]!)).exitCode).to.be.oneOf([0, 2]);
  });
});
