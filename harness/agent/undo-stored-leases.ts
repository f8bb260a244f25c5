import { LeaseStore } from "./lease-store.ts";
import { runUndo } from "./run-undo.ts";

/**
 * Undoes what the leases of a node are for, the latest first, where neither its agent nor their guard runs any more: the rig
 * is being removed. Each is tried; one that was undone is forgotten. Services need not be put back then: they went.
 * Resolves with what could not be undone, and why.
 */
export async function undoStoredLeases(folder: string): Promise<string[]> {
  const store = new LeaseStore(folder);
  const failed: string[] = [];
  const stored = store.load((file, error) => failed.push(`lease ${file} cannot be read: ${String(error)}`));
  for (const { file, lease } of stored.toReversed())
    try {
      if (lease.undo.kind === "exec") await runUndo(lease.undo, "");
      store.remove(file);
    } catch (error) {
      failed.push(`${lease.fault}: ${lease.what}: ${String(error)}`);
    }
  return failed;
}
