import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import Mocha from "mocha";

import { isCheckout } from "../project.ts";

/** How often suites were loaded in this process. */
let loads = 0;

const HOOK_TIMEOUT_MS = 300_000;

export interface SuitesOutcome {
  passed: number;
  failed: number;
  skipped: number;
}

export interface RunSuitesOptions {
  /** Absolute paths. */
  files: readonly string[];
  /** Where allure-mocha writes its results; emptied by the caller. */
  resultsFolder: string;
  /** Print mocha's own progress to standard output. */
  spec: boolean;
  /** Only tests whose whole title contains it. @default all */
  grep?: string | undefined;
  /** Factor on every time limit of mocha's, those that suites set included. @default 1 */
  patience?: number;
}

/**
 * As mocha's own `loadFilesAsync`, but by `import` alone: that tries `require` first, which does not ask tsx where a package
 * is (seen with Node 20.20), and so finds a second copy of edgeproof where there is one.
 */
async function loadFile(mocha: Mocha, file: string, load: number): Promise<void> {
  const { EVENT_FILE_PRE_REQUIRE, EVENT_FILE_REQUIRE, EVENT_FILE_POST_REQUIRE } = Mocha.Suite.constants;
  mocha.suite.emit(EVENT_FILE_PRE_REQUIRE, globalThis, file, mocha);
  const url = pathToFileURL(file).href;
  // A module is loaded once in a process, and with it its tests are defined: under another address it is another module.
  const loaded: unknown = await import(load === 1 ? url : `${url}?load=${load}`);
  mocha.suite.emit(EVENT_FILE_REQUIRE, loaded, file, mocha);
  mocha.suite.emit(EVENT_FILE_POST_REQUIRE, globalThis, file, mocha);
}

/** `this.timeout(ms)` of tests, hooks and suites below: their contexts inherit from the root's. */
function stretchTimeouts({ ctx }: Mocha.Suite, patience: number): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the context of whoever asks
  const timeout = ctx.timeout as (this: Mocha.Context, ms?: number) => Mocha.Context;
  ctx.timeout = function (this: Mocha.Context, ms?: number) {
    return ms === undefined ? timeout.call(this) : timeout.call(this, ms * patience);
  } as typeof ctx.timeout;
}

/** Runs suites in this process, one after the other, on the current session's rig. */
export async function runSuites({
  files,
  resultsFolder,
  spec,
  grep,
  patience = 1,
}: RunSuitesOptions): Promise<SuitesOutcome> {
  const mocha = new Mocha({
    ui: "bdd",
    timeout: HOOK_TIMEOUT_MS * patience,
    ...(grep === undefined ? {} : { fgrep: grep }),
    reporter: createRequire(import.meta.url).resolve("allure-mocha"),
    reporterOptions: { resultsDir: resultsFolder, ...(spec ? { extraReporters: "spec" } : {}) },
  });
  stretchTimeouts(mocha.suite, patience);
  // A checkout runs as TypeScript from its beginning; an installed edgeproof is JavaScript, and suites need not be.
  if (!isCheckout() && files.some((file) => /\.[cm]?ts$/.test(file)))
    (await import("tsx/esm/api")).register();
  const load = ++loads;
  for (const file of files) await loadFile(mocha, file, load);
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed: failures, skipped: pending });
    });
  });
}
