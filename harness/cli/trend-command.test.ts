import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { header } from "../record/testing.ts";
import { seriesRun, writeRuns } from "../trend/testing.ts";
import { edgeproof } from "./testing.ts";

const verdictsOf = (rows: { verdict: string }[]): string[] => rows.map(({ verdict }) => verdict);
const slower = (count: number) =>
  Array.from({ length: count }, (_, at) => seriesRun(at, 20 * (1 + at * 0.08)));
const steady = (count: number) => Array.from({ length: count }, (_, at) => seriesRun(at, 20));

/** Runs that are written to a folder of their own, by the command as a user calls it. */
describe("edgeproof trend", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-trend-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const trend = (...argv: string[]) => edgeproof(folder, "trend", "-o", folder, ...argv);

  it("begins its help with an example and ends it with the exit codes", async () => {
    const { exitCode, stdout } = await edgeproof(folder, "trend", "--help");
    expect(exitCode).to.equal(0);
    expect(stdout).to.match(/^Example:\n {2}edgeproof trend /);
    expect(stdout.trimEnd()).to.match(/Exit codes:(\n +\d+ {2}.+)+$/);
  });

  it("takes all runs by default, says what got worse, exits with 1 and writes its page", async () => {
    writeRuns(folder, slower(8));
    const { exitCode, stdout, stderr } = await trend();
    expect([exitCode, stderr]).to.deep.equal([1, ""]);
    expect(stdout).to.match(/^✗ worse +1 +p50 +hello-world +pi4 +lcl +lcl +▁.{6}█ +\S+ ms +\S+ ms +\+\d+/m);
    expect(stdout).to.contain("group 1: quickstart on quickstart, kubernetes, runs: 8, ");
    expect(stdout).to.match(/\d+ worse, 0 better, 2 same, \d+ too few runs\nreport: trend\.html\n?$/);
    expect(readFileSync(join(folder, "trend.html"), "utf8")).to.contain("<svg");
  });

  it("exits with 0 where nothing got worse, and with 2 where too few runs can say", async () => {
    writeRuns(join(folder, "steady"), steady(6));
    expect((await trend(join(folder, "steady", "runs"))).exitCode).to.equal(0);
    writeRuns(join(folder, "few"), slower(3));
    const { exitCode, stdout } = await trend("--all", join("few", "runs", "*"));
    expect(exitCode).to.equal(2);
    expect(stdout).to.contain("3 of at least 5").and.to.contain("0 worse, 0 better, 0 same");
  });

  it("counts a run once, however often it is named", async () => {
    const runs = writeRuns(folder, slower(3));
    const { stdout } = await trend("--json", ...runs, "latest", "runs/*", "runs/202601??T*");
    const { groups, rows } = JSON.parse(stdout);
    expect(groups).to.have.length(1);
    expect(groups[0].runs).to.have.length(3);
    expect(rows[0].points).to.have.length(3);
  });

  it("leaves out runs that were cut off or are damaged, and says which and why", async () => {
    const runs = [...slower(6), seriesRun(6, 500, { samples: [], complete: false })];
    const folders = writeRuns(folder, runs);
    const damaged = join(folder, "runs", "damaged");
    mkdirSync(damaged);
    writeFileSync(join(damaged, "run.json"), JSON.stringify({ ...header, schema: 99 }));
    appendFileSync(join(folders[0]!, "events.ndjson"), "{}\n");
    const { stdout } = await trend();
    expect(stdout).to.contain("runs: 5,");
    expect(stdout).to.match(/! excluded: .*: the run was cut off: it has no end/);
    expect(stdout).to.match(/! excluded: .*damaged: the run has schema 99/);
    expect(stdout).to.match(/! excluded: .*events\.ndjson:\d+/);
  });

  it("keeps runs of another host apart and says in what they differ", async () => {
    const other = { host: { ...header.host, cores: 4 } };
    const runs = Array.from({ length: 5 }, (_, at) => seriesRun(at, 20));
    writeRuns(folder, [...runs, seriesRun(7, 60, { header: other }), seriesRun(8, 60, { header: other })]);
    const { exitCode, stdout } = await trend();
    expect(stdout).to.contain("group 2: quickstart").and.to.contain("kept apart: host.cores: 2, 4");
    expect(exitCode).to.equal(0);
  });

  it("fits one screen, and shows every row with its reason by --all", async () => {
    const phases = ["a", "b", "c", "d", "e"].map(
      (name) =>
        seriesRun(0, 20).events.flatMap((event) =>
          event.type === "phase" ? [{ ...event.phase, name }] : [],
        )[0]!,
    );
    const runs = slower(3).map((run) =>
      seriesRun(0, 20, {
        header: run.header,
        phases,
        samples: phases.flatMap(({ name }) => run.samples.map((sample) => ({ ...sample, phase: name }))),
      }),
    );
    writeRuns(folder, runs);
    const short = (await trend()).stdout;
    expect(short.split("\n")).to.have.length.at.most(40);
    expect(short).to.match(/^\.\.\. \d+ more rows: --all$/m);
    const long = (await trend("--all")).stdout;
    expect(long.match(/^\? too few runs /gm)).to.have.length(55);
    expect(long).to.not.contain("more rows");
  });

  it("takes another smallest effect, and refuses one that is none", async () => {
    writeRuns(folder, slower(8));
    const { rows } = JSON.parse((await trend("--json", "--effect", "90%")).stdout);
    expect(new Set(verdictsOf(rows)).has("worse")).to.equal(false);
    const refused = await trend("--effect", "0%");
    expect([refused.exitCode, refused.stderr]).to.deep.equal([
      64,
      "error: --effect: `0%` is no effect [USAGE]\n  expected: a share above 0 %, at most 100 %\n  fix: write it as `5%`",
    ]);
  });

  it("refuses what holds no run, and writes nothing then", async () => {
    for (const wrong of ["nowhere", "runs/*", "."]) {
      const { exitCode, stdout, stderr } = await trend(wrong);
      expect([exitCode, stdout]).to.deep.equal([64, ""]);
      expect(stderr).to.contain(`error: ${wrong}: there is no recorded run here [no-run-here]`);
      expect(stderr).to.match(/\n {2}expected: .+\n {2}fix: /);
    }
    expect(() => readFileSync(join(folder, "trend.html"))).to.throw("ENOENT");
  });
});
