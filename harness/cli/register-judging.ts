import { resolve } from "node:path";

import type { Command } from "commander";

import type { ExitCode } from "../exit-codes.ts";
import type { Shared } from "./flags.ts";

interface JudgingFlags extends Shared {
  objectives?: string;
  baseline?: string;
  open?: boolean;
  all?: boolean;
}

const runFolder = (named: string | undefined): string => resolve(named ?? "reports/latest");

const withObjectives = (command: Command): Command =>
  command.option("--objectives <file>", "objectives, instead of the suite's own");

/** Options and actions of `report` and `judge`. */
export function registerJudging(report: Command, judge: Command, done: (code: ExitCode) => void): void {
  withObjectives(report)
    .option("--baseline <run>", "a run of the same suite, which the page holds this one against")
    .option("--open", "open the page in the browser")
    .option("--all", "every objective, not only what fits on the screen")
    .action(async (folder: string | undefined, { baseline, ...options }: JudgingFlags) =>
      done(
        await (
          await import("./commands/report.ts")
        ).report(runFolder(folder), {
          ...options,
          ...(baseline === undefined ? {} : { baseline: resolve(baseline) }),
        }),
      ),
    );
  withObjectives(judge).action(async (folder: string | undefined, options: JudgingFlags) =>
    done(
      await (
        await import("./commands/judge.ts")
      ).judgeAgain(runFolder(folder), options.objectives, options.json),
    ),
  );
}
