import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { compareRuns } from "../harness/compare/compare.ts";
import { EdgeproofError } from "../harness/errors.ts";
import { projectFile } from "../harness/project.ts";
import { header } from "../harness/record/testing.ts";
import { seriesRun } from "../harness/trend/testing.ts";
import { writeComparisonResults } from "./allure-comparison.ts";
import { attachment, parameter, step } from "./allure.ts";
import { generateAllureReport, prepareAllureResults } from "./allure-report.ts";

const hasJava = await execa("java", ["-version"]).then(
  () => true,
  () => false,
);

/** A suite whose tests end in each of the ways that a verdict can. */
const suite = `
import { expect, use } from "${import.meta.resolve("chai")}";
import { chaiSlo } from "${projectFile("harness/judge/chai-slo.ts")}";
import { phase, runOf, samplesOf } from "${projectFile("harness/record/testing.ts")}";
import { attachPlots, attachment, parameter, step } from "${projectFile("reports/allure.ts")}";
use(chaiSlo);
const typ = phase("typ");
const run = runOf({ phases: [typ], samples: samplesOf(typ, Array.from({ length: 300 }, (_, i) => i + 1)) });
const fast = (limit) =>
  ({ name: "fast", quantity: "response-time", percentile: "p95", limit, scope: { phase: "typ" } });
describe("verdicts", () => {
  before("run it", async () => {
    await step("phase typ", () => step("load and observe", () => {}));
  });
  it("met", async () => {
    await parameter("network profile", "typ");
    await parameter("device class", "pi4");
    await parameter("faults", "profile-typ");
    await attachment("receipts", "{}", "application/json");
    await attachPlots(run, "typ");
    await step("judge", () => expect(run).to.meet(fast(1000)));
  });
  it("missed", () => expect(run).to.meet(fast(5)));
  it("inconclusive", () => expect(run).to.meet(fast(285)));
  it("broken", () => expect({ ...run, complete: false }).to.meet(fast(1000)));
});
`;

interface Category {
  name: string;
  children: { name: string; children: { name: string }[] }[];
}

interface Step {
  name: string;
  steps: Step[];
  attachments: { name: string; source: string }[];
}

/** Allure makes a step of each attachment. */
const attachmentsOf = ({ attachments, steps }: Step): Step["attachments"] => [
  ...attachments,
  ...steps.flatMap(attachmentsOf),
];

interface Result {
  name: string;
  status: string;
  statusMessage?: string;
  time: { duration: number };
  parameters: { name: string; value: string }[];
  testStage: Step;
  beforeStages: Step[];
  extra: { history?: { items: { status: string }[] } };
}

const resultNamed = (reportFolder: string, name: string): Result => {
  const cases = join(reportFolder, "data", "test-cases");
  const found = readdirSync(cases)
    .map((file) => JSON.parse(readFileSync(join(cases, file), "utf8")) as Result)
    .filter((one) => one.name === name);
  expect(found, name).to.have.length(1);
  return found[0]!;
};

const runMocha = async (file: string, resultsFolder: string): Promise<void> => {
  const mocha = ["--no-config", "--node-option", "import=tsx", "--reporter", "allure-mocha"];
  const program = projectFile("node_modules", "mocha", "bin", "mocha.js");
  await execa(
    process.execPath,
    [program, ...mocha, "--reporter-option", `resultsDir=${resultsFolder}`, file],
    { cwd: projectFile(), reject: false },
  );
};

describe("the Allure report", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-allure-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const options = () => ({
    resultsFolder: join(folder, "allure-results"),
    reportFolder: join(folder, "allure-report"),
    historyFolder: join(folder, "history"),
    header,
  });

  describe("of three runs", function () {
    this.timeout(240_000);
    let folder: string;
    const at = (name: string): string => join(folder, name);
    const report = (name: string): unknown =>
      JSON.parse(readFileSync(join(at("allure-report"), name), "utf8"));
    let index: string;

    // The first is held against nothing, the second is like it, and the third is slower.
    before(async function () {
      if (!hasJava) return this.skip();
      folder = mkdtempSync(join(tmpdir(), "edgeproof-allure-"));
      writeFileSync(at("verdicts.test.ts"), suite);
      await runMocha(at("verdicts.test.ts"), at("results"));
      for (const [number, median] of [20, 20, 26].entries()) {
        const resultsFolder = at(`results-${number}`);
        cpSync(at("results"), resultsFolder, { recursive: true });
        const run = seriesRun(number, median);
        const compared = compareRuns(seriesRun(0, 20), run, { effect: 0.05, seed: 1 });
        if (number > 0) writeComparisonResults(resultsFolder, compared, run.header.startedAt);
        const { header: own } = run;
        const folders = { resultsFolder, reportFolder: at("allure-report"), historyFolder: at("history") };
        index = await generateAllureReport({ ...folders, header: own });
      }
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("tells missed, inconclusive, broken and worse apart", () => {
      const { children } = report("data/categories.json") as { children: Category[] };
      const tests = Object.fromEntries(
        children.map(({ name, children: messages }) => [
          name.split(/[ :]/)[0],
          messages.flatMap((message) => message.children.map((test) => test.name)),
        ]),
      );
      const { Worse: worse = [], ...verdicts } = tests;
      expect(verdicts).to.deep.equal({
        ...{ Missed: ["missed"], Inconclusive: ["inconclusive"], Broken: ["broken"] },
      });
      expect(worse).to.include("p50 is not worse than before: hello-world, pi4, lcl");
    });

    it("shows in Allure's own trends what became worse, and only where it did", () => {
      const trend = report("widgets/categories-trend.json") as { data: Record<string, number> }[];
      const counts = trend.map(({ data }) => data["Worse than before"] ?? 0);
      expect(counts).to.have.length(3);
      // Newest first.
      expect(counts[0]).to.be.above(2);
      expect(counts.slice(1)).to.deep.equal([0, 0]);
      const status = report("widgets/history-trend.json") as { data: { failed: number } }[];
      expect(status[0]!.data.failed).to.equal(status[1]!.data.failed + counts[0]!);
    });

    it("has the history of each quantity under one title, with the measured value as its duration", () => {
      const result = resultNamed(at("allure-report"), "p50 is not worse than before: hello-world, pi4, lcl");
      expect(result.status).to.equal("failed");
      expect(result.statusMessage).to.match(
        /^worse: quantity p50, .*base [\d.]+ ms, head [\d.]+ ms, change \+\d/,
      );
      expect(result.time.duration).to.be.within(24, 28);
      expect(result.extra.history!.items.map(({ status }) => status)).to.deep.equal(["passed"]);
    });

    it("has parameters, receipts, plots and steps of a phase with the test", () => {
      const { parameters, testStage, beforeStages } = resultNamed(at("allure-report"), "met");
      expect(parameters).to.have.deep.members([
        { name: "network profile", value: "typ" },
        { name: "device class", value: "pi4" },
        { name: "faults", value: "profile-typ" },
      ]);
      const attached = attachmentsOf(testStage);
      expect(attached.map(({ name }) => name)).to.have.members([
        ...["receipts", "timeline.svg", "response-times-hello-world.svg"],
      ]);
      for (const { name, source } of attached.filter((one) => one.name.endsWith(".svg"))) {
        const svg = readFileSync(join(at("allure-report"), "data", "attachments", source), "utf8");
        expect(svg, name).to.match(/^<svg[^>]* xmlns="http:\/\/www.w3.org\/2000\/svg"|^<svg\s+xmlns=/);
        expect(svg, name).to.contain("</svg>").and.to.not.contain("NaN");
      }
      expect(testStage.steps.map(({ name }) => name)).to.include("judge");
      const steps = beforeStages.flatMap((stage) => stage.steps);
      expect(steps.map(({ name, steps: inner }) => [name, inner.map((one) => one.name)])).to.deep.equal([
        ["phase typ", ["load and observe"]],
      ]);
    });

    it("names the environment and who made it", () => {
      expect(JSON.stringify(report("widgets/environment.json"))).to.contain(
        "cloud-1 (vm-medium), pi4-1 (pi4)",
      );
      expect(JSON.stringify(report("widgets/executors.json"))).to.contain("edgeproof quickstart");
    });

    it("works offline: neither the page nor its data has an address that would be fetched", () => {
      const page = readFileSync(index, "utf8");
      expect(page).to.contain("<html");
      const files = [
        "index.html",
        ...readdirSync(join(at("allure-report"), "assets")).map((name) => `assets/${name}`),
      ].filter((name) => /\.(html|css)$/.test(name));
      for (const name of files)
        expect(readFileSync(join(at("allure-report"), name), "utf8"), name).to.not.match(
          /(?:src|href)=["']?(?:https?:)?\/\/|url\(["']?https?:|@import ["']https?:|googletagmanager/,
        );
    });
  });

  it("says where a GitHub job made it, and orders runs by time", () => {
    prepareAllureResults({
      ...options(),
      environment: {
        ...{ GITHUB_ACTIONS: "true", GITHUB_SERVER_URL: "https://github.test", GITHUB_REPOSITORY: "o/r" },
        ...{ GITHUB_RUN_ID: "77", GITHUB_RUN_ATTEMPT: "2", GITHUB_RUN_NUMBER: "5", GITHUB_WORKFLOW: "ci" },
        EDGEPROOF_REPORT_URL: "https://pages.test/report",
      },
    });
    const executor = JSON.parse(readFileSync(join(options().resultsFolder, "executor.json"), "utf8"));
    expect(executor).to.deep.equal({
      ...{ name: "GitHub Actions", type: "github", url: "https://github.test/o/r" },
      buildName: `ci #5, ${header.id}`,
      buildUrl: "https://github.test/o/r/actions/runs/77/attempts/2",
      buildOrder: header.startedAt / 1000,
      reportName: "edgeproof quickstart",
      reportUrl: "https://pages.test/report",
    });
    prepareAllureResults({ ...options(), environment: {} });
    const local = JSON.parse(readFileSync(join(options().resultsFolder, "executor.json"), "utf8"));
    expect(local).to.include({ type: "local", buildName: header.id }).and.to.not.have.property("buildUrl");
  });

  it("keeps the history outside of the results, which are emptied before each run", () => {
    const { historyFolder, resultsFolder } = options();
    mkdirSync(historyFolder);
    writeFileSync(join(historyFolder, "history.json"), "{}");
    prepareAllureResults(options());
    expect(readFileSync(join(resultsFolder, "history", "history.json"), "utf8")).to.equal("{}");
  });

  it("says what is missing where there is no Java", async () => {
    const before = process.env.JAVA_HOME;
    process.env.JAVA_HOME = folder;
    try {
      const error: unknown = await generateAllureReport(options()).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(EdgeproofError).and.to.include({ code: "allure-java" });
    } finally {
      if (before === undefined) delete process.env.JAVA_HOME;
      else process.env.JAVA_HOME = before;
    }
  });

  it("is left alone, without a word, where its reporter is not loaded", async () => {
    await parameter("a", "b");
    await attachment("a", "b", "text/plain");
    expect(await step("a", () => 42)).to.equal(42);
  });
});
