import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";

import type { Baseline } from "../../reports/html-report.ts";
import { compareRuns } from "../compare/compare.ts";
import { changeCounts } from "../compare/comparison.ts";
import { EdgeproofError, usageError } from "../errors.ts";
import type { RecordedRun, RunHeader } from "../record/model.ts";
import { readEvents, readRun } from "../record/read-run.ts";
import { areAlike } from "../trend/groups.ts";

/** The smallest change that matters, as `compare` has it by default. */
const EFFECT = 0.05;
const SEED = 1;

const ensureSameSuite = ({ suite }: Pick<RunHeader, "suite">, wanted: string, folder: string): void => {
  if (suite === wanted) return;
  throw usageError("baseline-suite", `the baseline is a run of ${suite}, not of ${wanted}`, {
    where: folder,
    expected: `a run of ${wanted}`,
    fix: "name another run as the baseline; `edgeproof compare` compares any two",
  });
};

/** Refuses a baseline that a run of the suite could not be held against, before anything is touched. */
export const ensureBaseline = (folder: string, suite: string): void =>
  ensureSameSuite(readEvents(folder).header, suite, folder);

/** The run is compared with the baseline. Usage error where that is another suite's, or the run itself. */
export function baselineFor(run: RecordedRun, folder: string): Baseline {
  const base = readRun(folder);
  ensureSameSuite(base.header, run.header.suite, folder);
  if (realpathSync(folder) === realpathSync(run.folder)) {
    throw usageError("baseline-itself", "a run cannot be its own baseline", {
      where: folder,
      expected: "an earlier run",
      fix: "name another run; `reports/latest` is a link to the last one",
    });
  }
  return { run: base, compared: compareRuns(base, run, { effect: EFFECT, seed: SEED }) };
}

/** `against RUN: 1 worse, 2 better, ...`. */
export const baselineLine = ({ compared }: Baseline): string =>
  `against ${compared.base}: ${changeCounts(compared.comparisons)}`;

/** More requests than that are compared when asked for, not by the way. */
const MOST_SAMPLES = 500_000;

/**
 * The oldest whole run of the same suite on the same rig that is kept below `root/runs`, which a run is held against where
 * nobody named a baseline: what crept in over many runs shows too. Undefined where there is none, and for rehearsals.
 */
export function oldestAlike(run: RecordedRun, root: string): string | undefined {
  if (run.samples.length > MOST_SAMPLES || run.header.settings.pace !== undefined) return undefined;
  const runs = join(root, "runs");
  return readdirSync(runs)
    .toSorted()
    .map((name) => join(runs, name))
    .find((folder) => {
      if (!existsSync(join(folder, "run.json"))) return false;
      try {
        const { header, events } = readEvents(folder);
        const last = events.at(-1);
        const finished = last?.type === "end" && last.status === "finished";
        const whole = finished && !events.some(({ type }) => type === "trouble");
        return (
          header.id !== run.header.id &&
          header.startedAt < run.header.startedAt &&
          header.settings.pace === undefined &&
          whole &&
          areAlike(header, run.header)
        );
      } catch (error) {
        // A run of another schema, or a damaged one, is no run to be held against.
        if (error instanceof EdgeproofError) return false;
        throw error;
      }
    });
}
