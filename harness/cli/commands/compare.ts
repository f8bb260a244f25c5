import { comparisonTable } from "../../../reports/comparison-table.ts";
import { wantsColour } from "../../../reports/verdict-table.ts";
import { compareRuns } from "../../compare/compare.ts";
import { comparisonExitCode, comparisonJson, type RunComparison } from "../../compare/comparison.ts";
import { usageError } from "../../errors.ts";
import type { ExitCode } from "../../exit-codes.ts";
import { readRun } from "../../record/read-run.ts";
import { compareGroups } from "../../repeat/compare-groups.ts";
import { runFigures } from "../../trend/figures.ts";
import { runFolders } from "../../trend/find-runs.ts";
import { effectOf } from "../effect.ts";

/** A run has the same figures as itself, and would pass for one that did not get worse. */
function ensureApart(bases: readonly string[], heads: readonly string[]): void {
  const before = new Set(bases);
  const both = heads.find((folder) => before.has(folder));
  if (both === undefined) return;
  throw usageError("compare-itself", "base and head are the same run, or have one in common", {
    where: both,
    expected: "other runs; `reports/latest` is a link to the last one",
    fix: "name another run as the base",
  });
}

function compared(
  base: string,
  head: string,
  options: { effect: number; seed: number },
): { result: RunComparison; pair: boolean } {
  const [bases, heads] = [runFolders([base]), runFolders([head])];
  ensureApart(bases, heads);
  if (bases.length === 1 && heads.length === 1)
    return { result: compareRuns(readRun(bases[0]!), readRun(heads[0]!), options), pair: true };
  const [before, after] = [bases, heads].map((folders) =>
    folders.map((folder) => runFigures(readRun(folder))),
  );
  return { result: compareGroups(before!, after!, options), pair: false };
}

/** Two runs know nothing of how far two without a change would lie apart. */
const CAVEAT =
  "one run a side: what differs from run to run by itself counts as a change; name several to have it out\n";

/** Compares two recorded runs, or several with several; reads them only. */
export function compare(
  base: string,
  head: string,
  options: { effect: string; seed: number; json: boolean },
): ExitCode {
  const { result, pair } = compared(base, head, { effect: effectOf(options.effect), seed: options.seed });
  const decidedSomething = result.comparisons.some(
    ({ verdict }) => verdict === "worse" || verdict === "better",
  );
  process.stdout.write(
    options.json
      ? comparisonJson(result)
      : comparisonTable(result, { colour: wantsColour(process.stdout) }) +
          (pair && decidedSomething ? CAVEAT : ""),
  );
  return comparisonExitCode(result);
}
