import { setTimeout as delay } from "node:timers/promises";

import { diffSnapshots, type RigSnapshot } from "./snapshot.ts";

const INTERVAL_MS = 1_000;

export interface UntilSameOptions {
  /** For nodes to be Ready and pods to be placed again; their own programs come and go. */
  timeoutMs: number;
  /** Ends the wait early. */
  signal: AbortSignal;
  /** Differences that are none. @default all are */
  ignore?: RegExp;
}

/** What still differs from an earlier snapshot when the rig had time to come to rest: nothing, at best. */
export async function untilSame(
  before: RigSnapshot,
  take: () => Promise<RigSnapshot>,
  { timeoutMs, signal, ignore }: UntilSameOptions,
): Promise<string[]> {
  for (const deadline = Date.now() + timeoutMs; ;) {
    const left = diffSnapshots(before, await take()).filter((line) => !ignore?.test(line));
    if (left.length === 0 || Date.now() > deadline || signal.aborted) return left;
    await delay(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}
