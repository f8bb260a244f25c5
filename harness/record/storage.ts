/** What a client can ask of a store. */
export const STORAGE_OPERATIONS = ["put", "get", "list"] as const;
export type StorageOperation = (typeof STORAGE_OPERATIONS)[number];

/**
 * How it ended. `failed`: certainly without an effect, as the store said no or was never reached. `unknown`: nobody can
 * say whether it had one, as the answer never came. `dropped`: never sent, as too many were under way.
 */
export const STORAGE_OUTCOMES = ["ok", "failed", "unknown", "dropped"] as const;
export type StorageOutcome = (typeof STORAGE_OUTCOMES)[number];

/** One operation on a store, measured from its intended start. Times: ms since the epoch, the client's monotonic clock. */
export interface StorageSample {
  operation: StorageOperation;
  /** Of the object written or asked for; 0 for a list. */
  sizeBytes: number;
  /** Of a list: the prefix. */
  key: string;
  intendedAt: number;
  startedAt: number;
  /** From the intended start to the last byte, or to the failure. */
  durationMs: number;
  outcome: StorageOutcome;
  /** SHA-256, hex, of what was written or read; absent where nothing was: a get that is `ok` without it found no object. */
  hash?: string;
  /** Of a list in a read-back: the keys that it named. */
  listed?: string[];
  /** No part of the load: it is checked, and its time is not judged. */
  aside?: boolean;
  /** Why it did not end well. */
  error?: string;
}

/** Operations of one client in one phase. */
export interface StorageRecord {
  phase: string;
  /** Kind of the workload, such as `s3`. */
  store: string;
  /** Of a read-back: the phases whose writes it reads, every key of theirs. */
  verifies?: string[];
  samples: StorageSample[];
}
