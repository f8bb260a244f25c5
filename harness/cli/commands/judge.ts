import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { verdictTable, wantsColour } from "../../../reports/verdict-table.ts";
import type { ExitCode } from "../../exit-codes.ts";
import { judge } from "../../judge/judge.ts";
import { judgementsJson, overallVerdict, verdictExitCode } from "../../judge/judgement.ts";
import { readFacts } from "../../record/read-facts.ts";
import { recordedObjectives } from "../recorded-objectives.ts";

/** Judges a recorded run of any size again, without its pages: the same run gives the same `verdict.json`. */
export async function judgeAgain(
  folder: string,
  objectivesFile: string | undefined,
  json: boolean,
): Promise<ExitCode> {
  const run = await readFacts(folder);
  const judgements = judge(run, await recordedObjectives(run.header, objectivesFile));
  const file = join(folder, "verdict.json");
  writeFileSync(file, judgementsJson(judgements));
  process.stdout.write(
    json
      ? judgementsJson(judgements)
      : `${verdictTable(judgements, { colour: wantsColour(process.stdout) })}\nverdict: ${file}\n`,
  );
  return verdictExitCode(overallVerdict(judgements));
}
