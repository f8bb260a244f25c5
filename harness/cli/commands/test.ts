import { execa } from "execa";

import { ExitCode } from "../../exit-codes.ts";
import { projectFile } from "../../project.ts";
import { execute, printOutcome } from "./run.ts";

interface UnitOutcome {
  passed: number;
  failed: number;
  skipped: number;
}

/** Unit tests in a process of their own, with their output passed on. */
async function unitTests(): Promise<UnitOutcome> {
  const mocha = execa(
    process.execPath,
    [projectFile("node_modules/mocha/bin/mocha.js"), "--reporter", "spec"],
    {
      cwd: projectFile("."),
      reject: false,
      stdin: "ignore",
      stdout: ["inherit", "pipe"],
      stderr: "inherit",
    },
  );
  const { stdout = "", exitCode } = await mocha;
  const count = (word: string): number =>
    Number(new RegExp(`^\\s*(\\d+) ${word}`, "m").exec(stdout)?.[1] ?? 0);
  const failed = count("failing");
  // A run that ended badly without a failing test (a crash, no test found) is a failure all the same.
  return {
    passed: count("passing"),
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: count("pending"),
  };
}

/** `npm test`: unit tests, then the quickstart's suites on a real rig. The last line is `N passed, N failed`. */
export async function test(options: { output: string; seed: number }): Promise<ExitCode> {
  const unit = await unitTests();
  const outcome = await execute({ suite: "quickstart", ...options, json: false, quiet: false });
  printOutcome(outcome, false);
  const passed = unit.passed + outcome.tests.passed;
  const failed = unit.failed + outcome.tests.failed;
  process.stdout.write(
    `${passed} passed, ${failed} failed, ${unit.skipped + outcome.tests.skipped} skipped\n`,
  );
  if (unit.failed > 0) return ExitCode.internal;
  return outcome.exitCode;
}
