import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { withProcessLock } from "../../harness/toolchain/process-lock.ts";
import { repeatedly } from "./run-tool.ts";

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
  if (existsSync(folder)) return;
  await withProcessLock(
    join(all, "lock"),
    async () => {
      if (existsSync(folder)) return;
      for (const name of await readdir(all))
        if (name !== "lock") await rm(join(all, name), { recursive: true, force: true });
      const began = performance.now();
      const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
      await using _ = repeatedly(() => say(`still building ${what} (${seconds()})`));
      const draft = await mkdtemp(`${folder}.`);
      try {
        await make(draft);
        await chmod(draft, 0o755);
        await rename(draft, folder);
        say(`built ${what} in ${seconds()}`);
      } catch (error) {
        await rm(draft, { recursive: true, force: true });
        throw error;
      }
    },
    { signal, onWait: () => say(`waiting for another process that builds ${what}`) },
  );
}
