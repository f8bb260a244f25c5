import { setTimeout as delay } from "node:timers/promises";

import { dueAt, spreadSeed } from "../arrivals.ts";
import type { StorageSample } from "../record/storage.ts";
import type { Bodies } from "./body.ts";
import type { ObjectStore } from "./object-store.ts";
import { now, perform, prepareGet, prepareList, preparePut, type Prepared } from "./operations.ts";
import type { StoragePlan, StorageStream, StorageWork } from "./plan.ts";

export interface ClientContext {
  plan: StoragePlan;
  store: ObjectStore;
  bodies: Bodies;
  say: (sample: StorageSample) => void;
}

type OpenWork = Extract<StorageWork, { kind: "open" }>;

export const keyOf = (phase: string, sizeBytes: number, index: number): string =>
  `${phase}/${sizeBytes}/${String(index).padStart(4, "0")}`;

/** When the operations of a stream are due, in ms from the beginning: once in each period, at a moment that the seed draws. */
export function dueTimes(
  { operation, sizeBytes, ratePerSecond }: StorageStream,
  durationMs: number,
  ...names: readonly (string | number)[]
): number[] {
  const seed = spreadSeed(...names, operation, sizeBytes);
  const count = Math.floor((ratePerSecond * durationMs) / 1000);
  return Array.from({ length: count }, (_, slot) => dueAt(slot, ratePerSecond, seed));
}

/** One object of every size that is read, so that there is something to read from the first moment on. */
export async function fill(
  { plan, store, bodies, say }: ClientContext,
  sizes: Iterable<number>,
): Promise<void> {
  for (const size of new Set(sizes)) {
    const put = preparePut(store, bodies, keyOf(plan.phase, size, 0), size, {
      intendedAt: now(),
      aside: true,
    });
    say(await perform(put, plan.timeoutMs));
  }
}

/**
 * Starts every operation when it is due, whether the ones before have ended or not, so that a store that stalls cannot
 * hide its own queue. What is due while `maxInFlight` are under way is dropped, and recorded as that.
 */
export async function openLoad(context: ClientContext, work: OpenWork): Promise<void> {
  const { plan, store, bodies, say } = context;
  const { durationMs, streams, keysPerSize, maxInFlight } = work;
  await fill(
    context,
    streams.filter(({ operation }) => operation === "get").map(({ sizeBytes }) => sizeBytes),
  );
  const due = streams
    .flatMap((stream) =>
      dueTimes(stream, durationMs, plan.seed, plan.phase).map((at, index) => ({ stream, at, index })),
    )
    .toSorted((a, b) => a.at - b.at);
  /** How many keys of a size have been written. */
  const written = new Map<number, number>();
  const prepare = (
    { stream: { operation, sizeBytes }, index }: (typeof due)[number],
    intendedAt: number,
  ): Prepared => {
    if (operation === "list") return prepareList(store, `${plan.phase}/`, { intendedAt });
    if (operation === "put") {
      written.set(sizeBytes, Math.min(index + 1, keysPerSize));
      return preparePut(store, bodies, keyOf(plan.phase, sizeBytes, index % keysPerSize), sizeBytes, {
        intendedAt,
      });
    }
    const known = written.get(sizeBytes) ?? 1;
    return prepareGet(store, keyOf(plan.phase, sizeBytes, index % known), sizeBytes, { intendedAt });
  };
  const underWay = new Set<Promise<void>>();
  // Not at once: the first would be late by the time of its own preparation.
  const beganAt = now() + 50;
  for (const one of due) {
    const next = prepare(one, beganAt + one.at);
    const wait = beganAt + one.at - now();
    if (wait > 0) await delay(wait);
    if (underWay.size >= maxInFlight) {
      say({ ...next.sample, startedAt: now(), durationMs: 0, outcome: "dropped" });
      continue;
    }
    const running = perform(next, plan.timeoutMs).then(say);
    underWay.add(running);
    void running.finally(() => underWay.delete(running));
  }
  await Promise.all(underWay);
}
