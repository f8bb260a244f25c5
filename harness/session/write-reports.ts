import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Baseline, writeHtmlReport } from "../../reports/html-report.ts";
import { junitXml } from "../../reports/junit.ts";
import { writeMarkdownSummary } from "../../reports/markdown-summary.ts";
import { type Judgement, judgementsJson } from "../judge/judgement.ts";
import type { RecordedRun } from "../record/model.ts";

/**
 * Writes what people and CI read of a judged run into its folder: verdict.json, junit.xml, summary.md and report.html.
 *
 * @param baseline what the page holds the run against
 * @returns path of report.html
 */
export function writeReports(
  run: RecordedRun,
  judgements: readonly Judgement[],
  baseline?: Baseline,
): string {
  writeFileSync(join(run.folder, "verdict.json"), judgementsJson(judgements));
  writeFileSync(join(run.folder, "junit.xml"), junitXml(run, judgements));
  writeMarkdownSummary(run, judgements);
  return writeHtmlReport(run, judgements, baseline);
}
