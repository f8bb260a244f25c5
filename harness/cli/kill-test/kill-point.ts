import { setTimeout as delay } from "node:timers/promises";

import { execa } from "execa";

import { projectFile } from "../../project.ts";

export interface KilledRun {
  /** Arguments of `edgeproof`, such as `["run", "--suite", "underlay-blip"]`. */
  argv: readonly string[];
  /** ms from the start of the process to SIGKILL; undefined: let it end. */
  killAfterMs?: number;
}

export interface KilledOutcome {
  /** Undefined when it was killed. */
  exitCode: number | undefined;
  ranMs: number;
  /** Last lines that it wrote, for a report. */
  output: string;
}

const command = (argv: readonly string[]) =>
  execa(process.execPath, [projectFile("scripts/edgeproof.mjs"), ...argv], {
    cwd: projectFile("."),
    reject: false,
    stdin: "ignore",
    all: true,
  });

/** Runs `edgeproof` as a user would, and ends it by SIGKILL at the moment asked for, whatever it is doing then. */
export async function runAndKill({ argv, killAfterMs }: KilledRun): Promise<KilledOutcome> {
  const began = performance.now();
  const child = command(argv);
  const abort = new AbortController();
  if (killAfterMs !== undefined)
    void delay(killAfterMs, undefined, { signal: abort.signal, ref: false }).then(
      () => child.kill("SIGKILL"),
      () => undefined,
    );
  const { exitCode, all } = await child;
  abort.abort();
  return { exitCode, ranMs: performance.now() - began, output: all.split("\n").slice(-12).join("\n") };
}
