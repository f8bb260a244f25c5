import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { execa } from "execa";

import { EdgeproofError } from "../errors.ts";
import { ExitCode } from "../exit-codes.ts";
import { projectFile } from "../project.ts";
import { readRun } from "../record/read-run.ts";
import { seriesRun, writeRuns } from "../trend/testing.ts";
import { baselineFor, ensureBaseline } from "./baseline.ts";
import { openerOf, openFile } from "./open-file.ts";

const refusal = async (act: () => unknown): Promise<EdgeproofError> => {
  try {
    await act();
  } catch (error) {
    if (error instanceof EdgeproofError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("edgeproof report", function () {
  this.timeout(60_000);
  let folder: string;
  let runs: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "edgeproof-report-"));
    runs = writeRuns(folder, [seriesRun(0, 20), seriesRun(1, 30)]);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const report = async (environment: NodeJS.ProcessEnv, ...argv: string[]) =>
    await execa(process.execPath, [projectFile("scripts/edgeproof.mjs"), "report", ...argv], {
      ...{ cwd: folder, reject: false },
      env: { XDG_STATE_HOME: join(folder, "state"), NO_COLOR: "1", ...environment },
    });

  it("holds a run against a baseline, and hands the page to the platform's opener as one argument", async () => {
    const [before = "", after = ""] = runs;
    const bin = join(folder, "bin with a blank");
    mkdirSync(bin);
    const said = join(folder, "said");
    const [opener] = openerOf(process.platform, "");
    writeFileSync(join(bin, opener), `#!/bin/sh\nprintf '%s|%s' "$#" "$1" > '${said}'\n`);
    chmodSync(join(bin, opener), 0o755);
    const { stdout, stderr } = await report({ PATH: bin }, after, "--baseline", before, "--open");
    expect(stderr).to.equal("");
    expect(stdout).to.match(/^against \S+: [1-9]\d* worse, 0 better, /m);
    const page = readFileSync(join(after, "report.html"), "utf8");
    expect(page).to.contain("Against the baseline").and.to.contain("✗ worse");
    expect(readFileSync(said, "utf8")).to.equal(`1|${join(after, "report.html")}`);
  });

  it("has the comparison in its JSON, says where the page is when nothing can open it, and writes it all the same", async () => {
    const [before = "", after = ""] = runs;
    const argv = [after, "--baseline", before, "--json", "--open"];
    const { exitCode, stdout, stderr } = await report({ PATH: join(folder, "none") }, ...argv);
    const said = JSON.parse(stdout) as {
      verdict: string;
      comparison: { comparisons: { verdict: string }[] };
    };
    expect(said.comparison.comparisons[0]!.verdict).to.equal("worse");
    expect(said.verdict).to.be.a("string");
    expect(exitCode).to.equal(ExitCode.usage);
    const file = join(after, "report.html");
    expect(stderr).to.contain("[open-failed]").and.to.contain(`open it yourself: ${file}`);
    expect(existsSync(file)).to.equal(true);
  });

  it("refuses a baseline of another suite, and the run itself", async () => {
    const [run = ""] = runs;
    const [other = ""] = writeRuns(folder, [seriesRun(2, 20, { header: { suite: "faults" } })]);
    expect(await refusal(() => baselineFor(readRun(run), run))).to.include({ code: "baseline-itself" });
    for (const act of [() => baselineFor(readRun(run), other), () => ensureBaseline(other, "quickstart")]) {
      const error = await refusal(act);
      expect([error.code, error.exitCode]).to.deep.equal(["baseline-suite", ExitCode.usage]);
      expect(error.format()).to.contain("a run of faults, not of quickstart").and.to.contain("fix: ");
    }
    expect(await refusal(() => ensureBaseline(join(folder, "none"), "x"))).to.include({
      code: "run-missing",
    });
  });

  it("knows the opener of each platform, and needs no shell", async () => {
    expect(openerOf("darwin", "/a b.html")).to.deep.equal(["open", "/a b.html"]);
    expect(openerOf("linux", "/a b.html")).to.deep.equal(["xdg-open", "/a b.html"]);
    const windows = ["rundll32", "url.dll,FileProtocolHandler", "C:\\a&b.html"];
    expect(openerOf("win32", "C:\\a&b.html")).to.deep.equal(windows);
    if (process.platform === "win32") return;
    expect(await refusal(() => openFile("/a b.html", "win32"))).to.include({ code: "open-failed" });
  });
});
