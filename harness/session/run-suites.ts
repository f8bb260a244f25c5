import { createRequire } from "node:module";

import Mocha from "mocha";

import { projectFile } from "../project.ts";

/** @types/mocha lacks the options. */
interface LoadsModules {
  loadFilesAsync(options: { esmDecorator: (file: string) => string }): Promise<unknown>;
}

let loads = 0;

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
  // A module is loaded once in a process, and with it its tests are defined: under another address it is another module.
  const load = ++loads;
  const esmDecorator = (file: string): string => (load === 1 ? file : `${file}?load=${load}`);
  await (mocha as LoadsModules).loadFilesAsync({ esmDecorator });
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed: failures, skipped: pending });
    });
  });
}
