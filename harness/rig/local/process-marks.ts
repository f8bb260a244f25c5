import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type ProcessMark, lives, markOf } from "../process-mark.ts";

interface Mark extends ProcessMark {
  /** The program, for people. */
  program: string;
}

/** The processes that run on this machine for one rig, on disk, so that another command can end what a killed one left. */
export class ProcessMarks {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** To be called as soon as it runs: it leads a process group of its own. */
  add(pid: number, program: string): void {
    const mark = markOf(pid);
    if (mark === undefined) return;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    writeFileSync(this.file(pid), JSON.stringify({ ...mark, program } satisfies Mark), { mode: 0o600 });
  }

  remove(pid: number): void {
    rmSync(this.file(pid), { force: true });
  }

  /** Kills every process group that is marked and still the same; resolves with their programs, for people. */
  endAll(): string[] {
    const ended: string[] = [];
    for (const mark of this.read()) {
      if (lives(mark)) {
        killGroup(mark.pid);
        ended.push(`${mark.program} (process ${mark.pid})`);
      }
      this.remove(mark.pid);
    }
    return ended;
  }

  private read(): Mark[] {
    let names: string[];
    try {
      names = readdirSync(this.folder);
    } catch {
      return [];
    }
    return names.flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(this.folder, name), "utf8")) as Mark];
      } catch {
        // Cut off by the kill: its process was just being started.
        rmSync(join(this.folder, name), { force: true });
        return [];
      }
    });
  }

  private file(pid: number): string {
    return join(this.folder, `${pid}.json`);
  }
}

/** With all that it started; nothing where it is gone. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
