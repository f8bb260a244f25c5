import { mkdir, mkdtemp, open, readdir, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { isAlive } from "./process-lock.ts";

const dayMs = 86_400_000;

/** Removes what killed processes of this machine left, and what is too old to be anyone's. */
const sweep = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder)) {
    const path = join(folder, entry);
    const [, host, pid] = /^(.+)\.(\d+)\.\w+$/.exec(entry) ?? [];
    const dead = host === hostname() && !isAlive(Number(pid));
    const old = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs > dayMs;
    if (dead || old) await rm(path, { recursive: true, force: true });
  }
};

/**
 * Gives `work` an empty folder in the cache, on the same file system as the rest of it, and removes the folder
 * afterwards; after a `kill -9` the next call of any process does.
 */
export const withWorkspace = async <T>(cache: string, work: (folder: string) => Promise<T>): Promise<T> => {
  const parent = join(cache, "tmp");
  await mkdir(parent, { recursive: true });
  await sweep(parent);
  const folder = await mkdtemp(join(parent, `${hostname()}.${process.pid}.`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const sync = async (path: string): Promise<void> => {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Moves a finished file to its place so that, whenever the machine stops, it is there whole or not at all. */
export const publish = async (from: string, to: string): Promise<void> => {
  await sync(from);
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
  if (process.platform !== "win32") await sync(dirname(to));
};
