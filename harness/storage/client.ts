import { rigError } from "../errors.ts";
import type { StorageSample } from "../record/storage.ts";
import { RUNTIME_PATH } from "../rig/driver/runtime-folder.ts";
import type { NodeHandle } from "../rig/node-handle.ts";
import type { StoragePlan, StorageWork } from "./plan.ts";

/** Room for the client's own start and end. */
const ASIDE_MS = 60_000;

const longest = (work: StorageWork, timeoutMs: number): number => {
  if (work.kind === "read-back")
    return work.patienceMs + (work.keys.length + work.prefixes.length) * timeoutMs;
  return (work.kind === "first-put" ? work.limitMs : work.durationMs) + timeoutMs;
};

/**
 * Runs the client on a machine of the rig, so that its traffic passes that machine's link, and resolves with all that it
 * did. The plan, and with it the store's keys, goes through its standard input.
 *
 * @throws EdgeproofError (rig) when the client itself fails; an operation that fails is a sample.
 */
export async function runStorageClient(
  from: NodeHandle,
  plan: StoragePlan,
  { signal, onSample }: { signal?: AbortSignal; onSample?: (sample: StorageSample) => void } = {},
): Promise<StorageSample[]> {
  const samples: StorageSample[] = [];
  await from.exec([`${RUNTIME_PATH}/node`, `${RUNTIME_PATH}/storage-client.mjs`], {
    stdin: JSON.stringify(plan),
    timeoutMs: longest(plan.work, plan.timeoutMs) + ASIDE_MS,
    onLine: (line) => {
      const sample = JSON.parse(line) as StorageSample;
      samples.push(sample);
      onSample?.(sample);
    },
    ...(signal ? { signal } : {}),
  });
  signal?.throwIfAborted();
  if (samples.length === 0)
    throw rigError("NO_STORAGE_CLIENT", `the client of ${plan.store.kind} did nothing in ${plan.phase}`, {
      where: from.name,
      expected: "at least one operation",
    });
  return samples;
}
