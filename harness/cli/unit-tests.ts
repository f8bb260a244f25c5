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

const ROOTS = ["harness", "chaos", "reports", "scripts", "suites"];
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
  .concat("harness/library/", "reports/", "scripts/", "suites/");

const testFiles = (): string[] =>
  ROOTS.flatMap((root) =>
    readdirSync(projectFile(root), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => join(root, file)),
  );

/** Tests that mostly wait, for timers of seconds, loads and sshd: at no low priority, and yet beside those that measure. */
const WAITING = ["harness/agent/", "harness/load/", "harness/rig/driver/ssh/"];

/** @param others what not to run: each part runs whatever the other leaves out, so that no test can be forgotten. */
async function part(
  others: readonly string[],
  { aside, low = false }: { aside: boolean; low?: boolean },
): Promise<UnitOutcome & { output: string }> {
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
  if (low && mocha.pid !== undefined) setPriority(mocha.pid, constants.priority.PRIORITY_LOW);
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

/** All unit tests, in three processes: output of the timed is passed on, that of the others when all have ended. */
export async function unitTests(): Promise<UnitOutcome> {
  const files = testFiles();
  const of = (folders: readonly string[]): string[] =>
    files.filter((file) => folders.some((folder) => file.startsWith(folder)));
  const untimed = of(UNTIMED);
  const waiting = of(WAITING);
  const but = (own: readonly string[]): string[] => files.filter((file) => !own.includes(file));
  const parts = await Promise.all([
    part([...untimed, ...waiting], { aside: false }),
    part(but(untimed), { aside: true, low: true }),
    part(but(waiting), { aside: true }),
  ]);
  for (const { output } of parts.slice(1)) process.stdout.write(`${output}\n`);
  const sum = (word: keyof UnitOutcome): number => parts.reduce((total, one) => total + one[word], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}
