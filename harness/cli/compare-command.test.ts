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
    const { exitCode, stdout, stderr } = await compare(runs[0]!, join(folder, "state"));
    expect([exitCode, stdout]).to.deep.equal([64, ""]);
    expect(stderr).to.contain("there is no recorded run here [no-run-here]").and.to.contain("fix: ");
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
      expect(stderr)
        .to.contain("base and head are the same run, or have one in common [compare-itself]")
        .and.to.contain("fix: ");
    }
    const { exitCode, stdout, stderr } = await compare(runs[0]!, join(folder, "runs"));
    expect([exitCode, stdout]).to.deep.equal([64, ""]);
    expect(stderr).to.contain("have one in common");
    expect((await compare(runs[0]!, runs[1]!)).exitCode).to.be.oneOf([0, 2]);
  });

  it("holds the runs of one folder or pattern against those of another, and one of a pair with a caveat", async () => {
    const scattered = (root: string, factor: number) =>
      writeRuns(
        join(folder, root),
        [20, 21, 19.5, 20.5].map((median, at) => seriesRun(at, factor * median)),
      );
    const [base] = [scattered("base", 1), scattered("head", 1.3)];
    const many = await compare(join(folder, "base", "runs"), join(folder, "he*", "runs", "*"));
    expect([many.exitCode, many.stderr]).to.deep.equal([1, ""]);
    expect(many.stdout).to.match(/^base: 4 runs, /m);
    expect(many.stdout).to.match(/^✗ worse +p50 .* 4, 4$/m);
    expect(many.stdout).to.not.contain("one run a side");
    const few = await compare(base[0]!, join(folder, "head", "runs"), "--json");
    expect(few.exitCode).to.equal(2);
    expect(few.stdout).to.contain("base: 1 of at least 3 runs");
    // 20 ms and 21 ms: the scatter between runs, which a pair takes for a change.
    const pair = await compare(base[2]!, base[1]!);
    expect(pair.exitCode).to.equal(1);
    expect(pair.stdout).to.match(/^one run a side: /m);
  });
});
