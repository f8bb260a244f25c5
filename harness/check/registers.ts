import { groupBy } from "../record/group-by.ts";

/**
 * A check of acknowledged writes against what is read, in Jepsen's manner: every key is a register, every write has a
 * value that no other write has, and a write whose answer never came may have taken effect at any time since, or never
 * (Kingsbury & Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations", VLDB 2020, for unique values
 * and indeterminate operations). It is sound and not complete: what it reports no order of the operations explains, but it
 * does not look for one order that explains all reads at once.
 */

/** Times are of one clock, in any unit. */
export interface RegisterWrite {
  key: string;
  value: string;
  invokedAt: number;
  endedAt: number;
  /** `failed`: certainly without effect. `unknown`: it may have one, or get one later. */
  outcome: "ok" | "failed" | "unknown";
}

/** A read that was answered. */
export interface RegisterRead {
  key: string;
  /** Undefined: nothing is there. */
  value: string | undefined;
  invokedAt: number;
  endedAt: number;
}

/**
 * `lost`: a write was acknowledged or seen, and nothing is there. `stale`: an older value than one that was acknowledged.
 * `corrupted`: what nobody wrote to this key. `resurrected`: of a write that had certainly failed.
 */
export const ANOMALIES = ["lost", "stale", "corrupted", "resurrected"] as const;
export type Anomaly = (typeof ANOMALIES)[number];

export interface Finding {
  anomaly: Anomaly;
  key: string;
  /** When the read that shows it began. */
  readAt: number;
  /** What was read; undefined: nothing. */
  value: string | undefined;
  /** The newest value that had been acknowledged or seen before; undefined where there was none. */
  expected: string | undefined;
}

/** A write with the time by which it has certainly taken effect; `Infinity` where nobody knows. */
interface Placed extends RegisterWrite {
  effectiveAt: number;
}

/** A write that somebody has read has taken effect by then, whatever its answer was. */
function placed(writes: readonly RegisterWrite[], reads: readonly RegisterRead[]): Placed[] {
  return writes.map((write) => {
    const seenAt = reads
      .filter(({ value }) => value === write.value)
      .reduce((first, { endedAt }) => Math.min(first, endedAt), Infinity);
    const acknowledgedAt = write.outcome === "ok" ? write.endedAt : Infinity;
    return { ...write, effectiveAt: Math.min(acknowledgedAt, seenAt) };
  });
}

/** Of those that had taken effect before the read began, the one that was invoked last. */
const newestBefore = (writes: readonly Placed[], read: RegisterRead): Placed | undefined =>
  writes
    .filter(({ outcome, effectiveAt }) => outcome !== "failed" && effectiveAt < read.invokedAt)
    .reduce<Placed | undefined>(
      (newest, write) => (newest === undefined || write.invokedAt > newest.invokedAt ? write : newest),
      undefined,
    );

function anomalyOf(read: RegisterRead, writes: readonly Placed[], newest: Placed | undefined) {
  if (read.value === undefined) return newest === undefined ? undefined : "lost";
  const write = writes.find(({ value }) => value === read.value);
  if (write === undefined || write.invokedAt > read.endedAt) return "corrupted";
  if (write.outcome === "failed") return "resurrected";
  const superseded = newest !== undefined && newest !== write && newest.invokedAt > write.effectiveAt;
  return superseded ? "stale" : undefined;
}

/** What the reads show, in the order of their keys and times; whether everything was read, the caller has to know. */
export function checkRegisters(writes: readonly RegisterWrite[], reads: readonly RegisterRead[]): Finding[] {
  const writesOf = groupBy(writes, ({ key }) => key);
  return [...groupBy(reads, ({ key }) => key)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, own]) => {
      const candidates = placed(writesOf.get(key) ?? [], own);
      return own
        .toSorted((a, b) => a.invokedAt - b.invokedAt)
        .flatMap((read): Finding[] => {
          const newest = newestBefore(candidates, read);
          const anomaly = anomalyOf(read, candidates, newest);
          if (anomaly === undefined) return [];
          return [{ anomaly, key, readAt: read.invokedAt, value: read.value, expected: newest?.value }];
        });
    });
}
