import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { junitXml } from "../../../reports/junit.ts";
import { writeHtmlReport } from "../../../reports/html-report.ts";
import { writeMarkdownSummary } from "../../../reports/markdown-summary.ts";
import { wantsColour, verdictTable } from "../../../reports/verdict-table.ts";
import type { ExitCode } from "../../exit-codes.ts";
import { judge } from "../../judge/judge.ts";
import { judgementsJson, overallVerdict, verdictExitCode } from "../../judge/judgement.ts";
import { readRun } from "../../record/read-run.ts";
import { recordedObjectives } from "../recorded-objectives.ts";

/** Judges a recorded run again and writes its reports anew; the same run gives the same bytes. */
export function report(folder: string, objectivesFile: string | undefined, json: boolean): ExitCode {
  const run = readRun(folder);
  const objectives = recordedObjectives(run.header, objectivesFile);
  const judgements = judge(run, objectives);
  writeFileSync(join(folder, "verdict.json"), judgementsJson(judgements));
  writeFileSync(join(folder, "junit.xml"), junitXml(run, judgements));
  writeMarkdownSummary(run, judgements);
  const html = writeHtmlReport(run, judgements);
  if (json) process.stdout.write(judgementsJson(judgements));
  else
    process.stdout.write(
      `${verdictTable(judgements, { colour: wantsColour(process.stdout) })}\nreport: ${html}\n`,
    );
  return verdictExitCode(overallVerdict(judgements));
}
