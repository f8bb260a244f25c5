import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { EdgeproofError } from "../harness/errors.ts";
import { projectFile } from "../harness/project.ts";
import { header } from "../harness/record/testing.ts";
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
import { attachment, parameter, step } from "${projectFile("reports/allure.ts")}";
use(chaiSlo);
const typ = phase("typ");
const run = runOf({ phases: [typ], samples: samplesOf(typ, Array.from({ length: 300 }, (_, i) => i + 1)) });
const fast = (limit) =>
  ({ name: "fast", quantity: "response-time", percentile: "p95", limit, scope: { phase: "typ" } });
describe("verdicts", () => {
  it("met", async () => {
    await parameter("profile", "typ");
    await attachment("figures", "{}", "application/json");
    await step("judge", () => expect(run).to.meet(fast(1000)));
  });
  it("missed", () => expect(run).to.meet(fast(5)));
  it("inconclusive", () => expect(run).to.meet(fast(285)));
  it("broken", () => expect({ ...run, complete: false }).to.meet(fast(1000)));
});
`;

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

  it("tells missed, inconclusive and broken apart, and carries its history forward", async function () {
    if (!hasJava) this.skip();
    this.timeout(120_000);
    const file = join(folder, "verdicts.test.ts");
    writeFileSync(file, suite);
    const { resultsFolder, reportFolder } = options();
    const mocha = ["--no-config", "--node-option", "import=tsx", "--reporter", "allure-mocha"];
    const program = projectFile("node_modules", "mocha", "bin", "mocha.js");
    await execa(
      process.execPath,
      [program, ...mocha, "--reporter-option", `resultsDir=${resultsFolder}`, file],
      { cwd: projectFile(), reject: false },
    );
    const index = await generateAllureReport(options());
    expect(readFileSync(index, "utf8")).to.contain("<html");

    interface Category {
      name: string;
      children: { name: string; children: { name: string }[] }[];
    }
    const report = (name: string): unknown => JSON.parse(readFileSync(join(reportFolder, name), "utf8"));
    const { children } = report("data/categories.json") as { children: Category[] };
    const tests = Object.fromEntries(
      children.map(({ name, children: messages }) => [
        name.split(/[ :]/)[0],
        messages.flatMap((message) => message.children.map((test) => test.name)),
      ]),
    );
    expect(tests).to.deep.equal({ Missed: ["missed"], Inconclusive: ["inconclusive"], Broken: ["broken"] });
    const environment = JSON.stringify(report("widgets/environment.json"));
    expect(environment).to.contain("cloud-1 (vm-medium), pi4-1 (pi4)");

    await generateAllureReport(options());
    expect(report("widgets/history-trend.json")).to.have.length(2);
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
