import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { rigError, usageError } from "../harness/errors.ts";
import type { RunHeader } from "../harness/record/model.ts";

/** Told apart by the first word of the message, which `expect(run).to.meet()` and the reports write. */
const categories = [
  { name: "Worse than before", matchedStatuses: ["failed"], messageRegex: "(?s)^worse: .*" },
  { name: "Missed objectives", matchedStatuses: ["failed"], messageRegex: "(?s).*\\bmissed: .*" },
  {
    name: "Inconclusive: too few samples, a noisy host or another load than planned",
    matchedStatuses: ["failed", "broken"],
    messageRegex: "(?s).*\\binconclusive: .*",
  },
  {
    name: "Broken: the rig or a receipt, not the system under test",
    matchedStatuses: ["failed", "broken"],
    messageRegex: "(?s).*\\bbroken: .*",
  },
  { name: "Other failed assertions", matchedStatuses: ["failed"] },
  { name: "Other errors", matchedStatuses: ["broken"] },
];

/** Java's properties: backslashes and line ends are escaped, and what is not ASCII is written as \uXXXX. */
const property = (text: string): string =>
  text
    .replace(/[\\:=#!\n\r ]/g, (character) =>
      character === "\n" ? "\\n" : character === "\r" ? "\\r" : `\\${character}`,
    )
    .replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

const environmentOf = (header: RunHeader): Record<string, string> => {
  const { topology, engine, wanBackend, functionsLayer, seed, host, versions, settings } = header;
  const emulated = header.nodes.some(({ emulation }) => emulation === "limits");
  return {
    topology,
    engine,
    wanBackend,
    functionsLayer,
    seed: String(seed),
    host: `${host.os} ${host.kernel}, ${host.cores} cores, ${host.memoryMiB} MiB, ${host.containerEngine}`,
    deviceClasses: emulated ? "emulated by limits" : "labels only",
    nodes: header.nodes.map(({ name, deviceClass }) => `${name} (${deviceClass})`).join(", "),
    ...Object.fromEntries(Object.entries(versions).map(([name, version]) => [`version.${name}`, version])),
    ...Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [`setting.${name}`, String(value)]),
    ),
  };
};

/**
 * Who made the report. In a GitHub job (https://docs.github.com/actions/reference/workflows-and-actions/variables) with
 * links to it; EDGEPROOF_REPORT_URL says where the report will be published, for the links of the trends.
 */
const executorOf = (header: RunHeader, environment: NodeJS.ProcessEnv = process.env) => {
  const { GITHUB_ACTIONS, GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT } =
    environment;
  const { GITHUB_WORKFLOW, GITHUB_RUN_NUMBER, EDGEPROOF_REPORT_URL: reportUrl } = environment;
  // Has to grow from run to run for the trends to be in order; a job's number would not, between several workflows.
  const common = {
    buildOrder: Math.floor(header.startedAt / 1000),
    reportName: `edgeproof ${header.suite}`,
    ...(reportUrl && { reportUrl }),
  };
  if (GITHUB_ACTIONS !== "true") return { name: "edgeproof", type: "local", buildName: header.id, ...common };
  const url = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`;
  return {
    ...{ name: "GitHub Actions", type: "github", url },
    buildName: `${GITHUB_WORKFLOW} #${GITHUB_RUN_NUMBER}, ${header.id}`,
    buildUrl: `${url}/actions/runs/${GITHUB_RUN_ID}/attempts/${GITHUB_RUN_ATTEMPT ?? "1"}`,
    ...common,
  };
};

export interface AllureReportOptions {
  /** allure-results of this run, as allure-mocha wrote them. */
  resultsFolder: string;
  /** Where the report goes; replaced if it is there. */
  reportFolder: string;
  /** Kept outside the results, which are emptied before each run; carries the trends from report to report. */
  historyFolder: string;
  header: RunHeader;
  /** What a CI job says of itself. @default this process's */
  environment?: NodeJS.ProcessEnv | undefined;
  /** Pages of the job that made the run and of its report, where another job makes this one. @default by the environment */
  buildUrl?: string | undefined;
  reportUrl?: string | undefined;
}

/** Writes what Allure wants beside the results: categories, environment, executor and the history so far. */
export const prepareAllureResults = (options: AllureReportOptions): void => {
  const { resultsFolder, historyFolder, header } = options;
  mkdirSync(resultsFolder, { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(join(resultsFolder, name), text);
  write("categories.json", JSON.stringify(categories, undefined, 2));
  const lines = Object.entries(environmentOf(header)).map(
    ([name, value]) => `${property(name)}=${property(value)}\n`,
  );
  write("environment.properties", lines.join(""));
  const { buildUrl, reportUrl } = options;
  const executor = {
    ...executorOf(header, options.environment),
    ...(buildUrl && { buildUrl }),
    ...(reportUrl && { reportUrl }),
  };
  write("executor.json", JSON.stringify(executor, undefined, 2));
  const history = join(resultsFolder, "history");
  rmSync(history, { recursive: true, force: true });
  if (existsSync(historyFolder)) cpSync(historyFolder, history, { recursive: true });
};

const allureProgram = (): string => {
  const home = dirname(createRequire(import.meta.url).resolve("allure-commandline/package.json"));
  return join(home, "dist", "bin", process.platform === "win32" ? "allure.bat" : "allure");
};

const ensureJava = async (): Promise<void> => {
  const home = process.env.JAVA_HOME;
  const java = home ? join(home, "bin", "java") : "java";
  try {
    await execa(java, ["-version"]);
  } catch (cause) {
    throw usageError("allure-java", "the Allure report needs Java, and there is none", {
      where: java,
      expected: "Java 8 or later on PATH, or in JAVA_HOME",
      fix: "install a JRE (Debian: `apt-get install default-jre-headless`); the results stay, and `report.html` needs no Java",
      cause,
    });
  }
};

/**
 * Generates the report with allure-commandline and carries its history forward. Returns the report's index.html. Call
 * it once a run: each call adds a point to the trends. Usage error `allure-java` where Java is missing.
 */
export const generateAllureReport = async (options: AllureReportOptions): Promise<string> => {
  const { resultsFolder, reportFolder, historyFolder } = options;
  await ensureJava();
  prepareAllureResults(options);
  try {
    // Without that the report asks an analytics service of Allure's on each look at it.
    const env = { ALLURE_NO_ANALYTICS: "true" };
    await execa(allureProgram(), ["generate", resultsFolder, "--clean", "-o", reportFolder], { env });
  } catch (cause) {
    const { stderr, stdout } = cause as { stderr?: string; stdout?: string };
    const said = stderr || stdout || "";
    throw rigError("allure-generate", `allure could not make its report: ${said.trim() || "no output"}`, {
      where: resultsFolder,
      expected: "results that allure-mocha wrote",
      fix: `run \`npx allure generate ${resultsFolder}\` to see more`,
      cause,
    });
  }
  const history = join(reportFolder, "history");
  if (existsSync(history)) {
    rmSync(historyFolder, { recursive: true, force: true });
    cpSync(history, historyFolder, { recursive: true });
  }
  return join(reportFolder, "index.html");
};
