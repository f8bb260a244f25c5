import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

import { parseProcStat } from "../proc-stat.ts";

/** A process that cannot be taken for a later one with the same id. */
export interface ProcessMark {
  pid: number;
  /** When it was started, in its system's words. */
  started: string;
}

/** Undefined for a process that ended, also where nobody reaps it. */
function startOf(pid: number): string | undefined {
  if (!existsSync("/proc/self/stat")) {
    const { status, stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
    return status === 0 ? stdout.trim() : undefined;
  }
  try {
    const { field } = parseProcStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
    // State, and clock ticks from boot to start.
    return /[ZX]/.test(field(3) ?? "") ? undefined : field(22);
  } catch {
    return undefined;
  }
}

/** Of a process that runs now; undefined where there is none with that id. */
export function markOf(pid: number): ProcessMark | undefined {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started };
}

export const thisProcess = (): ProcessMark => ({ pid: process.pid, started: startOf(process.pid) ?? "" });

export const lives = ({ pid, started }: ProcessMark): boolean => startOf(pid) === started;
