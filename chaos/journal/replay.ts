import type { JournalEntry } from "./journal.ts";
import { type Machinery, runUndoStep } from "./undo-step.ts";

export interface ReplayedStep {
  entry: JournalEntry;
  /** Undefined where it was undone. */
  error: Error | undefined;
}

/** A machine that comes back in the first pass can be talked to in the second. */
const PASSES = 2;

/**
 * Undoes what a dead run left, latest first. Every step is tried, whatever became of others; `onDone` is called as soon
 * as one is undone. Any number of times: steps are idempotent.
 */
export async function replayJournal(
  entries: readonly JournalEntry[],
  machinery: Machinery,
  onDone: (entry: JournalEntry) => void = () => undefined,
): Promise<ReplayedStep[]> {
  const results = new Map<JournalEntry, ReplayedStep>();
  for (let pass = 1; pass <= PASSES; pass++) {
    const left = entries.toReversed().filter((entry) => !results.has(entry) || results.get(entry)?.error);
    for (const entry of left)
      try {
        await runUndoStep(entry.id, entry.undo, machinery);
        results.set(entry, { entry, error: undefined });
        onDone(entry);
      } catch (error) {
        results.set(entry, { entry, error: error instanceof Error ? error : new Error(String(error)) });
      }
  }
  return [...results.values()];
}
