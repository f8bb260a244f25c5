import { runSummary } from "../../../reports/run-summary.ts";
import { screenOf, terminalSummary } from "../../../reports/terminal-summary.ts";
import { wantsColour } from "../../../reports/verdict-table.ts";
import { comparisonJson } from "../../compare/comparison.ts";
import type { ExitCode } from "../../exit-codes.ts";
import { judge } from "../../judge/judge.ts";
import { judgementsJson, overallVerdict, verdictExitCode } from "../../judge/judgement.ts";
import { readRun } from "../../record/read-run.ts";
import { writeReports } from "../../session/write-reports.ts";
import { baselineFor, comparedLine } from "../baseline.ts";
import { openFile } from "../open-file.ts";
import { recordedObjectives } from "../recorded-objectives.ts";

export interface ReportOptions {
  objectives?: string;
  json: boolean;
  /** Folder of a run of the same suite, which the page holds this one against. */
  baseline?: string;
  /** Open the page in the browser. */
  open?: boolean;
  /** Every objective in the terminal. */
  all?: boolean;
}

/** The verdicts; with a baseline, what became of each quantity as well. */
function jsonOf(verdicts: string, comparison: string | undefined): string {
  if (comparison === undefined) return verdicts;
  const whole = { ...(JSON.parse(verdicts) as object), comparison: JSON.parse(comparison) as unknown };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

/** Judges a recorded run again and writes its reports anew; the same run gives the same bytes. */
export async function report(folder: string, options: ReportOptions): Promise<ExitCode> {
  const run = readRun(folder);
  const objectives = await recordedObjectives(run.header, options.objectives);
  const baseline = options.baseline === undefined ? undefined : baselineFor(run, options.baseline);
  const judgements = judge(run, objectives);
  const html = writeReports(run, judgements, baseline);
  if (options.json)
    process.stdout.write(jsonOf(judgementsJson(judgements), baseline && comparisonJson(baseline.compared)));
  else
    process.stdout.write(
      terminalSummary(runSummary(run), judgements, {
        screen: screenOf(process.stdout),
        colour: wantsColour(process.stdout),
        all: options.all ?? false,
        closing: [...(baseline ? [comparedLine(baseline.compared)] : []), `report: ${html}`],
      }),
    );
  if (options.open) await openFile(html);
  return verdictExitCode(overallVerdict(judgements));
}
