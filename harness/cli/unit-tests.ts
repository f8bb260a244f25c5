import { readdirSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { join } from "node:path";

import { execa } from "execa";

import { projectFile } from "../project.ts";

export interface UnitOutcome {
  passed: number;
  failed: number;
  skipped: number;
}

const ROOTS = ["harness", "chaos", "reports", "scripts"];
/** Tests that compute or wait; all others measure times, one after the other. */
const UNTIMED = [
  ...[
    "cli",
    "compare",
    "config",
    "judge",
    "matrix",
    "record",
    "scenario",
    "statistics",
    "sweep",
    "toolchain",
  ],
  ...["characterize", "trend"],
]
  .map((part) => `harness/${part}/`)
  .concat("reports/", "scripts/");

const testFiles = (): string[] =>
  ROOTS.flatMap((root) =>
    readdirSync(projectFile(root), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => join(root, file)),
  );

/** @param others what not to run: each part runs whatever the other leaves out, so that no test can be forgotten. */
async function part(others: readonly string[], aside: boolean): Promise<UnitOutcome & { output: string }> {
  const argv = ["--reporter", "spec", ...others.flatMap((file) => ["--ignore", file])];
  const mocha = execa(process.execPath, [projectFile("node_modules/mocha/bin/mocha.js"), ...argv], {
    cwd: projectFile("."),
    reject: false,
    stdin: "ignore",
    stdout: aside ? "pipe" : ["inherit", "pipe"],
    stderr: aside ? "pipe" : ["inherit", "pipe"],
    all: true,
  });
  // What is measured beside it must not wait for its turn.
  if (aside && mocha.pid !== undefined) setPriority(mocha.pid, constants.priority.PRIORITY_LOW);
  const { stdout, all, exitCode } = await mocha;
  const count = (word: string): number =>
    Number(new RegExp(`^\\s*(\\d+) ${word}`, "m").exec(stdout)?.[1] ?? 0);
  const failed = count("failing");
  return {
    passed: count("passing"),
    // A run that ended badly without a failing test (a crash, no test found) is a failure all the same.
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: count("pending"),
    output: all,
  };
}

/** All unit tests, in two processes: their output is passed on, that of the second when both have ended. */
export async function unitTests(): Promise<UnitOutcome> {
  const files = testFiles();
  const untimed = files.filter((file) => UNTIMED.some((folder) => file.startsWith(folder)));
  const timed = files.filter((file) => !untimed.includes(file));
  const [one, other] = await Promise.all([part(untimed, false), part(timed, true)]);
  process.stdout.write(`${other.output}\n`);
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}
