import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const heartbeatMs = 5_000;
/** A holder that missed this many milliseconds of heartbeats is taken for dead (another machine's, or a reused pid). */
const silentMs = 60_000;

interface Holder {
  pid: number;
  host: string;
}

interface LockOptions {
  signal?: AbortSignal | undefined;
  /** Called once if another holds the lock. */
  onWait?: () => void;
}

/** Whether a process of this machine still runs. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

const tryTake = async (path: string): Promise<boolean> => {
  try {
    await writeFile(path, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder), {
      flag: "wx",
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
};

const isAbandoned = async (path: string): Promise<boolean> => {
  try {
    const [content, { mtimeMs }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    if (Date.now() - mtimeMs > silentMs) return true;
    // Empty while its holder is between creating and writing it.
    if (content === "") return false;
    const { pid, host } = JSON.parse(content) as Holder;
    return host === hostname() && !isAlive(pid);
  } catch {
    return false;
  }
};

/**
 * Runs `work` while holding a lock file, which no dead process can keep. It spares two processes the same work and is
 * not what makes their results whole: two that take an abandoned lock at the same instant may both run.
 */
export const withProcessLock = async <T>(
  path: string,
  work: () => Promise<T>,
  { signal, onWait }: LockOptions = {},
): Promise<T> => {
  await mkdir(dirname(path), { recursive: true });
  let waited = false;
  while (!(await tryTake(path))) {
    if (await isAbandoned(path)) {
      const aside = `${path}.${process.pid}.abandoned`;
      await rename(path, aside).then(
        () => rm(aside, { force: true }),
        () => {},
      );
      continue;
    }
    if (!waited) onWait?.();
    waited = true;
    // Nothing tells one process of another's end, so this has to look again and again.
    await delay(200, undefined, signal && { signal });
  }
  const heartbeat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), heartbeatMs);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
};
