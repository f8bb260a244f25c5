import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";

import type { Baseline } from "../../reports/html-report.ts";
import { compareRuns } from "../compare/compare.ts";
import { changeCounts, type RunComparison } from "../compare/comparison.ts";
import { EdgeproofError, usageError } from "../errors.ts";
import type { RecordedRun, RunHeader } from "../record/model.ts";
import { readEvents, readRun } from "../record/read-run.ts";
import { lastAgainstEarlier } from "../repeat/compare-groups.ts";
import { FEWEST } from "../repeat/model.ts";
import { runFigures } from "../trend/figures.ts";
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
export const comparedLine = ({ base, comparisons }: RunComparison): string =>
  `against ${base}: ${changeCounts(comparisons)}`;

/** More requests than that are compared when asked for, not by the way. */
const MOST_SAMPLES = 500_000;

/** Whole runs of the same suite on the same rig that are kept below `root/runs` and began before this one, oldest first. */
function earlierAlike(run: RecordedRun, root: string): string[] {
  const runs = join(root, "runs");
  return readdirSync(runs)
    .toSorted()
    .map((name) => join(runs, name))
    .filter((folder) => {
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

/** So many of the oldest runs of a kind are read, and so many of the newest: what crept in over many runs shows too. */
const MOST_READ = 12;

/**
 * Holds the last runs of a kind, of which this is one, against those before them, where nobody named a baseline. A number where
 * there are too few: so many runs of the kind are there. Undefined for rehearsals and very large runs.
 */
export function againstEarlier(run: RecordedRun, root: string): RunComparison | number | undefined {
  if (run.samples.length > MOST_SAMPLES || run.header.settings.pace !== undefined) return undefined;
  const earlier = earlierAlike(run, root);
  if (earlier.length + 1 < 2 * FEWEST) return earlier.length + 1;
  const read = earlier.filter((_, index) => index < MOST_READ || index > earlier.length - MOST_READ);
  const figures = [...read.map((folder) => runFigures(readRun(folder))), runFigures(run)];
  return lastAgainstEarlier(figures, { effect: EFFECT });
}

/** Why there is no comparison yet. */
export const tooFewLine = (runs: number): string =>
  `against earlier runs: nothing yet, ${runs} of the ${2 * FEWEST} runs of its kind that tell their scatter`;
