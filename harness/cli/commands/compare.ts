import { comparisonTable } from "../../../reports/comparison-table.ts";
import { wantsColour } from "../../../reports/verdict-table.ts";
import { compareRuns } from "../../compare/compare.ts";
import { comparisonExitCode, comparisonJson } from "../../compare/comparison.ts";
import type { ExitCode } from "../../exit-codes.ts";
import { readRun } from "../../record/read-run.ts";
import { effectOf } from "../effect.ts";

/** Compares two recorded runs; reads them only. */
export function compare(
  base: string,
  head: string,
  options: { effect: string; seed: number; json: boolean },
): ExitCode {
  const effect = effectOf(options.effect);
  const compared = compareRuns(readRun(base), readRun(head), { effect, seed: options.seed });
  process.stdout.write(
    options.json
      ? comparisonJson(compared)
      : comparisonTable(compared, { colour: wantsColour(process.stdout) }),
  );
  return comparisonExitCode(compared);
}
