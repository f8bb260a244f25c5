import type { StorageSample } from "../record/storage.ts";
import { type Bodies, sha256 } from "./body.ts";
import type { ObjectStore } from "./object-store.ts";
import { outcomeOf, reasonOf } from "./outcome.ts";

/** ms since the epoch on a clock that is never set back. */
export const now = (): number => performance.timeOrigin + performance.now();

export interface Prepared {
  sample: Omit<StorageSample, "startedAt" | "durationMs" | "outcome">;
  run: (signal: AbortSignal) => Promise<Pick<StorageSample, "hash" | "listed">>;
}

type Facts = Pick<StorageSample, "intendedAt" | "aside">;

/** Its body and hash are made here, before its time. */
export function preparePut(
  store: ObjectStore,
  bodies: Bodies,
  key: string,
  sizeBytes: number,
  facts: Facts,
): Prepared {
  const { body, hash } = bodies.make(key, sizeBytes);
  return {
    sample: { operation: "put", sizeBytes, key, hash, ...facts },
    run: async (signal) => {
      await store.put(key, body, signal);
      return {};
    },
  };
}

export function prepareGet(store: ObjectStore, key: string, sizeBytes: number, facts: Facts): Prepared {
  return {
    sample: { operation: "get", sizeBytes, key, ...facts },
    run: async (signal) => {
      const body = await store.get(key, signal);
      return body === undefined ? {} : { hash: sha256(body) };
    },
  };
}

export function prepareList(store: ObjectStore, prefix: string, facts: Facts, keep = false): Prepared {
  return {
    sample: { operation: "list", sizeBytes: 0, key: prefix, ...facts },
    run: async (signal) => {
      const listed = await store.list(prefix, signal);
      return keep ? { listed } : {};
    },
  };
}

/** Runs it to its end, whatever that is. */
export async function perform({ sample, run }: Prepared, timeoutMs: number): Promise<StorageSample> {
  const startedAt = now();
  const after = (): number => now() - sample.intendedAt;
  try {
    const found = await run(AbortSignal.timeout(timeoutMs));
    return { ...sample, startedAt, durationMs: after(), outcome: "ok", ...found };
  } catch (error) {
    return { ...sample, startedAt, durationMs: after(), outcome: outcomeOf(error), error: reasonOf(error) };
  }
}
