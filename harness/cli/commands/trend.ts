import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";

import { wantsColour } from "../../../reports/verdict-table.ts";
import { writeTrendReport } from "../../../reports/trend-report.ts";
import { trendTable } from "../../../reports/trend-table.ts";
import type { ExitCode } from "../../exit-codes.ts";
import { readFigures } from "../../trend/find-runs.ts";
import { trendExitCode, trendJson } from "../../trend/model.ts";
import { trendOf } from "../../trend/trend.ts";
import { effectOf } from "../effect.ts";

/** Lines of a terminal that does not say how many it has. */
const LINES = 40;

/** Says what became of each figure over many runs, and writes `trend.html` into the output folder. */
export function trend(
  folders: readonly string[],
  options: { effect: string; all: boolean; json: boolean; output: string },
): ExitCode {
  const effect = effectOf(options.effect);
  const { runs, unread } = readFigures(folders.length > 0 ? folders : [join(options.output, "runs")]);
  const found = trendOf(runs, { effect, unread });
  mkdirSync(options.output, { recursive: true });
  const page = writeTrendReport(found, options.output);
  if (options.json) process.stdout.write(trendJson(found));
  else {
    // `rows` is undefined where the output is no terminal, whatever its type says.
    const rows = (process.stdout as { rows?: number }).rows ?? LINES;
    const lines = options.all ? undefined : rows - 2;
    const table = trendTable(found, { lines, colour: wantsColour(process.stdout) });
    process.stdout.write(`${table}report: ${relative(process.cwd(), page) || page}\n`);
  }
  return trendExitCode(found);
}
