import { formatDuration, formatValue } from "../harness/judge/format.ts";
import { quantile, sorted } from "../harness/judge/quantile.ts";
import { groupBy } from "../harness/record/group-by.ts";
import type { StorageOutcome, StorageRecord, StorageSample } from "../harness/record/storage.ts";

export const STORAGE_HEAD = [
  ...["phase", "store", "operation", "size", "operations", "ok", "failed", "unknown", "not sent"],
  ...["p50", "p95"],
];

/** From here on cells are numbers. */
export const STORAGE_TEXTS = 4;

/** What did not end well counts as infinite, as in judging. */
function timesOf(samples: readonly StorageSample[]): string[] {
  const times = sorted(samples.map(({ outcome, durationMs }) => (outcome === "ok" ? durationMs : Infinity)));
  return [0.5, 0.95].map((q) => {
    const value = quantile(times, q);
    return Number.isFinite(value) ? formatDuration(value) : "never";
  });
}

/** A row for each operation and size of a store in a phase; what was only done aside of the load is left out. */
export const storageRows = (records: readonly StorageRecord[]): string[][] =>
  records.flatMap(({ phase, store, samples }) => {
    const load = samples.filter(({ aside }) => aside !== true);
    return [
      ...groupBy(load, ({ operation, sizeBytes }) => JSON.stringify([operation, sizeBytes])).values(),
    ].map((own) => {
      const { operation, sizeBytes } = own[0]!;
      const count = (wanted: StorageOutcome): string =>
        String(own.filter(({ outcome }) => outcome === wanted).length);
      return [
        ...[phase, store, operation, operation === "list" ? "" : formatValue(sizeBytes, "bytes")],
        ...[String(own.length), count("ok"), count("failed"), count("unknown"), count("dropped")],
        ...timesOf(own),
      ];
    });
  });
