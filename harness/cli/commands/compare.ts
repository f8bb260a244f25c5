import { realpathSync } from "node:fs";

import { comparisonTable } from "../../../reports/comparison-table.ts";
import { wantsColour } from "../../../reports/verdict-table.ts";
import { compareRuns } from "../../compare/compare.ts";
import { comparisonExitCode, comparisonJson } from "../../compare/comparison.ts";
import { usageError } from "../../errors.ts";
import type { ExitCode } from "../../exit-codes.ts";
import { readRun } from "../../record/read-run.ts";
import { effectOf } from "../effect.ts";

/** A run has the same figures as itself, and would pass for one that did not get worse. */
function ensureTwo(base: string, head: string): void {
  if (realpathSync(base) !== realpathSync(head)) return;
  throw usageError("compare-itself", "base and head are the same run", {
    where: head,
    expected: "two runs; `reports/latest` is a link to the last one",
    fix: "name another run as the base",
  });
}

/** Compares two recorded runs; reads them only. */
export function compare(
  base: string,
  head: string,
  options: { effect: string; seed: number; json: boolean },
): ExitCode {
  const effect = effectOf(options.effect);
  const runs = [readRun(base), readRun(head)] as const;
  ensureTwo(base, head);
  const compared = compareRuns(...runs, { effect, seed: options.seed });
  process.stdout.write(
    options.json
      ? comparisonJson(compared)
      : comparisonTable(compared, { colour: wantsColour(process.stdout) }),
  );
  return comparisonExitCode(compared);
}
