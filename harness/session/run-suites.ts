import { createRequire } from "node:module";

import Mocha from "mocha";

import { projectFile } from "../project.ts";

const HOOK_TIMEOUT_MS = 300_000;

export interface SuitesOutcome {
  passed: number;
  failed: number;
  skipped: number;
}

export interface RunSuitesOptions {
  files: readonly string[];
  /** Where allure-mocha writes its results; emptied by the caller. */
  resultsFolder: string;
  /** Print mocha's own progress to standard output. */
  spec: boolean;
  /** Only tests whose whole title contains it. @default all */
  grep?: string | undefined;
}

/** Runs suites in this process, one after the other, on the current session's rig. */
export async function runSuites({
  files,
  resultsFolder,
  spec,
  grep,
}: RunSuitesOptions): Promise<SuitesOutcome> {
  const mocha = new Mocha({
    ui: "bdd",
    timeout: HOOK_TIMEOUT_MS,
    ...(grep === undefined ? {} : { fgrep: grep }),
    reporter: createRequire(import.meta.url).resolve("allure-mocha"),
    reporterOptions: { resultsDir: resultsFolder, ...(spec ? { extraReporters: "spec" } : {}) },
  });
  for (const file of files) mocha.addFile(projectFile(file));
  await mocha.loadFilesAsync();
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed: failures, skipped: pending });
    });
  });
}
