import { expect } from "chai";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { EdgeproofError } from "../../harness/errors.ts";
import { projectFile } from "../../harness/project.ts";
import { header, phase, samplesOf } from "../../harness/record/testing.ts";
import { RunRecorder } from "../../harness/record/run-folder.ts";
import { buildSite } from "./build-site.ts";

const hasJava = await execa("java", ["-version"]).then(
  () => true,
  () => false,
);

const result = (name: string): string =>
  JSON.stringify({
    ...{ uuid: name, historyId: "same", name: "answers", fullName: "suite answers", status: "passed" },
    ...{
      stage: "finished",
      start: 1,
      stop: 2,
      labels: [],
      steps: [],
      attachments: [],
      parameters: [],
      links: [],
    },
  });

describe("the site of reports", () => {
  let folder: string;
  let from: string;
  let history: string;
  let output: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "edgeproof-site-"));
    [from, history, output] = ["downloads", "history", "site"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(from);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A run as an artifact of a job holds it. */
  const download = (artifact: string, day: number, verdict: string, allure = false): string => {
    const startedAt = Date.UTC(2026, 0, day);
    const root = join(from, artifact);
    mkdirSync(root, { recursive: true });
    const { schema: _schema, id: _id, ...own } = header;
    const recorder = new RunRecorder({ root, header: { ...own, startedAt }, sha: "1a2b3c4d" });
    const typ = phase("typ");
    recorder.event({ type: "phase", at: startedAt, phase: typ });
    recorder.samples(samplesOf(typ, [1, 2, 3]));
    recorder.end("finished");
    writeFileSync(join(recorder.folder, "summary.md"), `# ${verdict}: quickstart\n\nrow ${day}\n`);
    writeFileSync(join(recorder.folder, "report.html"), `<p>day ${day}`);
    if (allure) {
      mkdirSync(join(recorder.folder, "allure-results"));
      writeFileSync(join(recorder.folder, "allure-results", "a-result.json"), result(`day-${day}`));
    }
    return recorder.folder;
  };
  const build = (keep = 60) =>
    buildSite({ from, history, output, keep, environment: { GITHUB_STEP_SUMMARY: join(folder, "step.md") } });

  it("shows every run, newest first, with its verdict and its page, and appends new summaries to the step's", async () => {
    download("run-x64", 1, "met");
    download("run-arm64", 2, "missed");
    const { added, runs } = await build();
    expect(added).to.have.length(2);
    expect(runs.map(({ verdict }) => verdict)).to.deep.equal(["missed", "met"]);
    const index = readFileSync(join(output, "index.html"), "utf8");
    expect(index).to.contain("missed, quickstart").and.to.contain(`runs/${runs[1]!.name}/report.html`);
    expect(readFileSync(join(output, "runs", runs[0]!.name, "report.html"), "utf8")).to.equal("<p>day 2");
    expect(readFileSync(join(folder, "step.md"), "utf8"))
      .to.contain("row 1")
      .and.to.contain("row 2");
  });

  it("carries runs forward, takes each once, and forgets the oldest", async () => {
    download("a", 1, "met");
    await build();
    for (const day of [2, 3]) download("a", day, "met");
    rmSync(output, { recursive: true });
    const { added, runs } = await build(2);
    expect(added).to.have.length(2);
    expect(runs.map(({ name }) => name.slice(0, 8))).to.deep.equal(["20260103", "20260102"]);
    expect(readdirSync(join(history, "runs"))).to.have.length(2);
    expect(readdirSync(join(output, "runs"))).to.have.length(2);
  });

  it("draws Allure's trend over what earlier sites held", async function () {
    if (!hasJava) return this.skip();
    this.timeout(120_000);
    // As an earlier site left it: generating twice would take Java twice as long.
    const earlier = join(history, "allure-history", "quickstart");
    mkdirSync(earlier, { recursive: true });
    const before = { buildOrder: 1, reportName: "Allure Report", data: { passed: 1, total: 1 } };
    writeFileSync(join(earlier, "history-trend.json"), JSON.stringify([before]));
    download("a", 1, "met", true);
    await build();
    const trend = join(output, "allure", "quickstart", "widgets", "history-trend.json");
    expect(JSON.parse(readFileSync(trend, "utf8"))).to.have.length(2);
    const carried = readFileSync(join(earlier, "history-trend.json"), "utf8");
    expect(JSON.parse(carried)).to.have.length(2);
    return undefined;
  });

  it("publishes nothing of a run that gives a key away", async () => {
    const run = download("a", 1, "met");
    mkdirSync(join(run, "logs"));
    cpSync(projectFile("package.json"), join(run, "logs", "fine.log"));
    const body = Buffer.alloc(48, 7).toString("base64");
    writeFileSync(join(run, "logs", "nebula.log"), `-----BEGIN NEBULA X25519 PRIVATE KEY-----\n${body}\n`);
    const error = await build().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(EdgeproofError).and.to.include({ code: "SECRET_IN_RUN" });
    expect([existsSync(output), existsSync(join(history, "runs"))]).to.deep.equal([false, false]);
  });

  it("takes no folder whose name is no run's", async () => {
    mkdirSync(join(from, "a", '"><script>'), { recursive: true });
    writeFileSync(join(from, "a", '"><script>', "run.json"), "{}");
    expect(await build().catch((thrown: unknown) => thrown)).to.include({ code: "site-run", exitCode: 64 });
  });

  it("says what is missing on the command line, with exit code 64", async () => {
    const argv = ["--import", import.meta.resolve("tsx"), projectFile("scripts", "site", "main.ts")];
    const { exitCode, stderr } = await execa(process.execPath, argv, { reject: false });
    expect(exitCode).to.equal(64);
    expect(stderr)
      .to.match(/^error: --from/)
      .and.to.contain("Example:");
  });
});
