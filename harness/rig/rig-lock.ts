import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { rigError } from "../errors.ts";
import { type ProcessMark, lives, thisProcess } from "./process-mark.ts";
import { rigFolder } from "./rig-state.ts";

export interface LockHolder extends ProcessMark {
  /** For people: `run --suite quickstart`. */
  purpose: string;
}

const lockFile = (rig: string): string => join(rigFolder(rig), "lock.json");

const read = (path: string): LockHolder | undefined => {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as LockHolder;
  } catch {
    return undefined;
  }
};

/** The living process that breaks, loads or heals the rig now. */
export function lockHolder(rig: string): LockHolder | undefined {
  const holder = read(lockFile(rig));
  return holder && lives(holder) ? holder : undefined;
}

/** Moves a dead process's lock out of the way, and puts it back if it turns out to be a living one's. */
function breakDead(path: string): void {
  const aside = `${path}.dead.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = read(aside);
  try {
    if (moved && lives(moved)) linkSync(aside, path);
  } catch {
    // A third one has it by now.
  }
  rmSync(aside, { force: true });
}

/** For where no lock can be written: at least none of a dead process stays. Needs no free space. */
export function dropDeadLock(rig: string): void {
  if (!lockHolder(rig)) breakDead(lockFile(rig));
}

/**
 * One process at a time breaks or heals a rig. A dead process keeps no lock.
 * @throws EdgeproofError where a living one has it; Node's own error where the disk takes no file.
 */
export function lockRig(rig: string, purpose: string): Disposable & AsyncDisposable {
  const path = lockFile(rig);
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, JSON.stringify({ ...thisProcess(), purpose } satisfies LockHolder), { mode: 0o600 });
    for (;;)
      try {
        // A link appears whole or not at all.
        linkSync(draft, path);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        const holder = lockHolder(rig);
        if (holder)
          throw rigError("RIG_IN_USE", `the rig ${rig} is in use`, {
            where: `process ${holder.pid}, \`${holder.purpose}\``,
            expected: "one run at a time on a rig",
            fix: "wait for it, or bring another rig up with `edgeproof up --name`",
          });
        breakDead(path);
      }
  } finally {
    rmSync(draft, { force: true });
  }
  const release = (): void => {
    const holder = read(path);
    if (holder?.pid === process.pid) rmSync(path, { force: true });
  };
  return {
    [Symbol.dispose]: release,
    [Symbol.asyncDispose]: () => {
      release();
      return Promise.resolve();
    },
  };
}
