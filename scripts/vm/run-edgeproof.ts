import { join } from "node:path";

import { execa } from "execa";

import { rigError } from "../../harness/errors.ts";
import { projectFile } from "../../harness/project.ts";
import type { Lab } from "./lab.ts";

export interface LabRun {
  lab: Lab;
  say: (message: string) => void;
  signal: AbortSignal;
}

/** Where edgeproof keeps what it knows of the rig: for these machines alone. */
export const stateHome = ({ folder }: Lab): string => join(folder, "state");

/** The command that a user runs, with its progress on this process's standard error. */
function startEdgeproof({ lab, say }: LabRun, argv: readonly string[]) {
  say(`edgeproof ${argv.join(" ")}`);
  return execa(process.execPath, [projectFile("scripts/edgeproof.mjs"), ...argv], {
    env: { XDG_STATE_HOME: stateHome(lab) },
    reject: false,
    // Ctrl-C at the terminal is for this process, which passes it on.
    detached: true,
    stdin: "ignore",
    stdout: ["pipe", "inherit"],
    stderr: ["pipe", "inherit"],
  });
}

export interface EdgeproofOptions {
  limitMs: number;
  /** Exit codes that are right. @default 0 alone */
  ends?: readonly number[];
  /** Sends it a signal after a while. */
  disturb?: (child: Pick<ReturnType<typeof startEdgeproof>, "kill">) => Promise<void>;
}

/** Runs it to its end. @throws EdgeproofError where it ends with another code than those, or not in time */
export async function edgeproof(
  run: LabRun,
  argv: readonly string[],
  { limitMs, ends = [0], disturb }: EdgeproofOptions,
): Promise<void> {
  const began = performance.now();
  const child = startEdgeproof(run, argv);
  const stop = (): void => void child.kill("SIGINT");
  run.signal.addEventListener("abort", stop, { once: true });
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
    child.kill("SIGINT");
  }, limitMs);
  try {
    const disturbed = disturb?.(child);
    // Heard below, once the child has ended.
    disturbed?.catch(() => undefined);
    const { exitCode, signal } = await child;
    await disturbed;
    run.signal.throwIfAborted();
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    run.say(`edgeproof ${argv[0]} ended with ${exitCode ?? signal} after ${seconds} s`);
    if (!late.signal.aborted && exitCode !== undefined && ends.includes(exitCode)) return;
    throw rigError("VM_RIG", `edgeproof ${argv[0]} ended with ${exitCode ?? signal}`, {
      expected: `${ends.join(" or ")}, within ${limitMs / 1000} s`,
      fix: "see what it said above",
    });
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener("abort", stop);
  }
}
