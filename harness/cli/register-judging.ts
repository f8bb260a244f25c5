import { resolve } from "node:path";

import type { Command } from "commander";

import type { ExitCode } from "../exit-codes.ts";
import { projectFile } from "../project.ts";
import type { Shared } from "./flags.ts";

interface JudgingFlags extends Shared {
  objectives?: string;
}

const runFolder = (named: string | undefined): string => resolve(named ?? projectFile("reports", "latest"));

const withObjectives = (command: Command): Command =>
  command.option("--objectives <file>", "objectives, instead of the suite's own");

/** Options and actions of `report` and `judge`. */
export function registerJudging(report: Command, judge: Command, done: (code: ExitCode) => void): void {
  withObjectives(report).action(async (folder: string | undefined, options: JudgingFlags) =>
    done((await import("./commands/report.ts")).report(runFolder(folder), options.objectives, options.json)),
  );
  withObjectives(judge).action(async (folder: string | undefined, options: JudgingFlags) =>
    done(
      await (
        await import("./commands/judge.ts")
      ).judgeAgain(runFolder(folder), options.objectives, options.json),
    ),
  );
}
