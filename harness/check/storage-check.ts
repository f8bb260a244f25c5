import type { StorageRecord, StorageSample } from "../record/storage.ts";
import { checkRegisters, type Anomaly, type RegisterRead, type RegisterWrite } from "./registers.ts";

/** `unlisted`: an object that is there, and that the list of all objects leaves out. */
export const STORAGE_ANOMALIES = ["lost", "stale", "corrupted", "resurrected", "unlisted"] as const;
export type StorageAnomaly = Anomaly | "unlisted";

export interface StorageFinding {
  anomaly: StorageAnomaly;
  key: string;
}

/** What the read-back of some phases' writes shows. */
export interface StorageCheck {
  /** In the order of their keys; one for each key and anomaly. */
  findings: StorageFinding[];
  /** Writes by how they ended; dropped ones were never sent. */
  acknowledged: number;
  failed: number;
  unknown: number;
  /** Keys with an acknowledged write. */
  acknowledgedKeys: number;
  /** Writes whose answer never came, and whose value was read: legal, and good to know. */
  recovered: string[];
  /** Keys of writes that nobody could read back: nothing is known of them. */
  unread: string[];
  /** No list of all objects came back. */
  unlistable: boolean;
}

const endOf = ({ intendedAt, durationMs }: StorageSample): number => intendedAt + durationMs;

const writesIn = (records: readonly StorageRecord[]): RegisterWrite[] =>
  records
    .flatMap(({ samples }) => samples)
    .flatMap((sample): RegisterWrite[] => {
      const { operation, outcome, key, hash: value, startedAt: invokedAt } = sample;
      if (operation !== "put" || outcome === "dropped" || value === undefined) return [];
      return [{ key, value, invokedAt, endedAt: endOf(sample), outcome }];
    });

const readsIn = (records: readonly StorageRecord[]): RegisterRead[] =>
  records
    .flatMap(({ samples }) => samples)
    .flatMap((sample): RegisterRead[] => {
      const { operation, outcome, key, hash: value, startedAt: invokedAt } = sample;
      return operation === "get" && outcome === "ok"
        ? [{ key, value, invokedAt, endedAt: endOf(sample) }]
        : [];
    });

/** Keys that the lists leave out though they were acknowledged before, and are read after. */
function unlisted(back: readonly StorageRecord[], present: ReadonlySet<string>): string[] | undefined {
  const lists = back
    .flatMap(({ samples }) => samples)
    .filter(
      ({ operation, outcome, listed }) => operation === "list" && outcome === "ok" && listed !== undefined,
    );
  if (lists.length === 0) return undefined;
  const named = new Set(lists.flatMap(({ listed = [] }) => listed));
  return [...present].filter((key) => !named.has(key));
}

/**
 * Holds the writes of the phases that a read-back is about against all that was read of them, then and before. Pure.
 *
 * @param records Of one store, the whole run's.
 * @param phase That of the read-back.
 */
export function checkStorage(records: readonly StorageRecord[], phase: string): StorageCheck {
  const back = records.filter((record) => record.phase === phase && record.verifies !== undefined);
  const about = new Set(back.flatMap(({ verifies = [] }) => verifies));
  const written = records.filter((record) => about.has(record.phase));
  const writes = writesIn(written);
  const keys = new Set(writes.map(({ key }) => key));
  const backReads = readsIn(back);
  const reads = [...readsIn(written), ...backReads].filter(({ key }) => keys.has(key));
  const values = new Set(reads.map(({ value }) => value));
  const answered = new Set(backReads.map(({ key }) => key));
  const present = new Set(backReads.filter(({ value }) => value !== undefined).map(({ key }) => key));
  const missing = unlisted(back, present);
  const found = [
    ...checkRegisters(writes, reads),
    ...(missing ?? []).map((key) => ({ anomaly: "unlisted" as const, key })),
  ];
  const once = new Map(found.map(({ anomaly, key }) => [`${key} ${anomaly}`, { anomaly, key }]));
  const count = (outcome: RegisterWrite["outcome"]): number =>
    writes.filter((write) => write.outcome === outcome).length;
  const acknowledgedKeys = new Set(writes.filter(({ outcome }) => outcome === "ok").map(({ key }) => key));
  return {
    findings: [...once.values()].toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)),
    acknowledged: count("ok"),
    failed: count("failed"),
    unknown: count("unknown"),
    acknowledgedKeys: acknowledgedKeys.size,
    recovered: writes
      .filter(({ outcome, value }) => outcome === "unknown" && values.has(value))
      .map(({ key }) => key),
    unread: [...keys].filter((key) => !answered.has(key)).toSorted(),
    unlistable: missing === undefined,
  };
}
