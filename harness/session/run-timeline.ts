import { setTimeout as delay } from "node:timers/promises";

import type { BuiltEntry } from "./build-faults.ts";
import type { PhaseFaults } from "./phase-faults.ts";

export interface TimelineOptions {
  entries: readonly BuiltEntry[];
  faults: PhaseFaults;
  /** When the phase began, ms since the epoch. */
  beganAt: number;
  signal: AbortSignal;
  say: (message: string) => void;
  /** All faults that are to be in force before the first heal are so now. */
  onInForce: (at: number) => void;
}

/** Injects and heals at the times of the timeline; resolves when the last heal is done. */
export async function runTimeline(options: TimelineOptions): Promise<void> {
  const { entries, faults, beganAt, signal, say, onInForce } = options;
  const until = async (at: number): Promise<void> => {
    await delay(Math.max(0, at - Date.now()), undefined, { signal });
  };
  const firstEnd = Math.min(...entries.map(({ endMs }) => endMs));
  const awaited = new Set(entries.filter(({ startMs }) => startMs < firstEnd));

  const run = async (entry: BuiltEntry): Promise<void> => {
    const { built, name, startMs, endMs, fault } = entry;
    await until(beganAt + startMs);
    say(`  inject ${built.describe()}`);
    await faults.inject(built);
    const injectedAt = Date.now();
    if (awaited.delete(entry) && awaited.size === 0) onInForce(injectedAt);
    // What takes long to inject is in force for as long as it was asked to be.
    await until(fault.forMs === undefined ? Math.max(beganAt + endMs, injectedAt) : injectedAt + fault.forMs);
    say(`  heal ${name}`);
    await faults.heal(built);
  };
  // All are ended before this returns, so that nothing is injected after a failure's heal.
  const results = await Promise.allSettled(entries.map(run));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
