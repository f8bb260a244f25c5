import { access, chmod, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { withProcessLock } from "../../harness/toolchain/process-lock.ts";

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

export interface EnsureOptions {
  say: (message: string) => void;
  signal: AbortSignal;
  /** What is being made, for those who wait for it. */
  what: string;
}

/**
 * Sees to it that a folder of the cache is there, and whole: made in another one and renamed. Its neighbours, which are of
 * older recipes, are removed.
 */
export async function ensureFolder(
  folder: string,
  make: (draft: string) => Promise<void>,
  { say, signal, what }: EnsureOptions,
): Promise<void> {
  const all = dirname(folder);
  if (await exists(folder)) return;
  await withProcessLock(
    join(all, "lock"),
    async () => {
      if (await exists(folder)) return;
      for (const name of await readdir(all))
        if (name !== "lock") await rm(join(all, name), { recursive: true, force: true });
      const draft = await mkdtemp(`${folder}.`);
      try {
        await make(draft);
        await chmod(draft, 0o755);
        await rename(draft, folder);
      } catch (error) {
        await rm(draft, { recursive: true, force: true });
        throw error;
      }
    },
    { signal, onWait: () => say(`waiting for another process that builds ${what}`) },
  );
}
