import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { usageError } from "../../harness/errors.ts";
import { readRun } from "../../harness/record/read-run.ts";
import { ensureNoSecrets } from "../../harness/rig/secrets/find-secrets.ts";
import { generateAllureReport } from "../../reports/allure-report.ts";
import { appendStepSummary } from "../../reports/step-summary.ts";
import { forgetOldRuns, keepRun, nameOf, runsBelow } from "./history.ts";
import { indexPage, type SiteRun } from "./index-page.ts";

export interface SiteOptions {
  /** Folder of downloads, with new runs anywhere below. */
  from: string;
  /** Folder that is carried from one site to the next: runs, and Allure's history by suite. Made if it is not there. */
  history: string;
  /** The site goes here; has to be empty or absent. */
  output: string;
  /** Runs to keep. */
  keep: number;
  /** Address of the published site and of the job, for links. */
  siteUrl?: string | undefined;
  buildUrl?: string | undefined;
  environment?: NodeJS.ProcessEnv;
}

export interface Site {
  /** Names of the runs that are new, oldest first. */
  added: string[];
  runs: SiteRun[];
}

/** The whole run's verdict as its summary's first line has it. */
function verdictOf(folder: string): string {
  const file = join(folder, "summary.md");
  const first = existsSync(file) ? readFileSync(file, "utf8").split("\n")[0] : undefined;
  return /^# (met|missed|inconclusive|broken): /.exec(first ?? "")?.[1] ?? "not judged";
}

/** Takes new runs into the history and builds a site of all that it holds: reports, Allure with trends, an index. */
export async function buildSite(options: SiteOptions): Promise<Site> {
  const { from, history, output, keep } = options;
  const added: string[] = [];
  const allure = new Set<string>();
  const found = runsBelow(from);
  if (found.length === 0 && !existsSync(join(history, "runs")))
    throw usageError("site-empty", "there is no run, and none in the history", {
      where: from,
      expected: "run folders as `edgeproof run` leaves them, at any depth",
    });
  for (const folder of found) {
    const name = nameOf(folder);
    // Before anything of it is copied: what is published cannot be taken back.
    await ensureNoSecrets(folder, []);
    if (!keepRun(folder, history)) continue;
    added.push(name);
    const { header } = readRun(folder);
    appendStepSummary(readIfThere(join(folder, "summary.md")), options.environment);
    const resultsFolder = join(folder, "allure-results");
    if (!existsSync(resultsFolder)) continue;
    await generateAllureReport({
      ...{ resultsFolder, header, buildUrl: options.buildUrl },
      reportFolder: join(history, "allure", header.suite),
      historyFolder: join(history, "allure-history", header.suite),
      reportUrl: options.siteUrl && `${options.siteUrl}/runs/${name}/report.html`,
    });
  }
  const runs = forgetOldRuns(history, keep).map((name): SiteRun => {
    const folder = join(history, "runs", name);
    const { suite, topology, startedAt } = readRun(folder).header;
    return { name, suite, topology, startedAt, verdict: verdictOf(folder) };
  });
  mkdirSync(output, { recursive: true });
  for (const { name } of runs)
    copyIfThere(join(history, "runs", name, "report.html"), join(output, "runs", name));
  for (const { suite } of runs)
    if (existsSync(join(history, "allure", suite))) {
      allure.add(suite);
      cpSync(join(history, "allure", suite), join(output, "allure", suite), { recursive: true });
    }
  writeFileSync(join(output, "index.html"), indexPage(runs, [...allure]));
  return { added, runs };
}

const readIfThere = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");

function copyIfThere(file: string, folder: string): void {
  if (!existsSync(file)) return;
  mkdirSync(folder, { recursive: true });
  cpSync(file, join(folder, "report.html"));
}
