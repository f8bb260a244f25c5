import { comparisonTable } from "../../../reports/comparison-table.ts";
import { wantsColour } from "../../../reports/verdict-table.ts";
import { compareRuns } from "../../compare/compare.ts";
import { comparisonExitCode, comparisonJson } from "../../compare/comparison.ts";
import { parseQuantity } from "../../config/units.ts";
import { usageError } from "../../errors.ts";
import type { ExitCode } from "../../exit-codes.ts";
import { readRun } from "../../record/read-run.ts";

const effectOf = (text: string): number => {
  const share = parseQuantity("share", text);
  if (share !== undefined && share > 0) return share;
  throw usageError("USAGE", `\`${text}\` is no effect`, {
    where: "--effect",
    expected: "a share above 0 %, at most 100 %",
    fix: "write it as `5%`",
  });
};

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
