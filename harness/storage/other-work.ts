import { setTimeout as delay } from "node:timers/promises";

import { type ClientContext, fill, keyOf } from "./open-load.ts";
import { now, perform, prepareGet, prepareList, preparePut } from "./operations.ts";
import type { StorageWork } from "./plan.ts";

type WorkOf<K extends StorageWork["kind"]> = Extract<StorageWork, { kind: K }>;

/** Workers that each start one operation when the one before has ended. */
export async function closedLoad(context: ClientContext, work: WorkOf<"closed">): Promise<void> {
  const { plan, store, bodies, say } = context;
  const { durationMs, operation, sizeBytes, workers, keysPerSize } = work;
  if (operation === "get") await fill(context, [sizeBytes]);
  const until = now() + durationMs;
  let index = 0;
  const worker = async (): Promise<void> => {
    while (now() < until) {
      const key = keyOf(plan.phase, sizeBytes, operation === "get" ? 0 : index++ % keysPerSize);
      const facts = { intendedAt: now() };
      const next =
        operation === "put"
          ? preparePut(store, bodies, key, sizeBytes, facts)
          : prepareGet(store, key, sizeBytes, facts);
      // The body was made within its time; a closed load counts what was carried, not how long one took.
      say(await perform(next, plan.timeoutMs));
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

/** Reads every key until it is answered, one after the other; the list comes last, when all that is there has been read. */
export async function readBack(
  { plan, store, say }: ClientContext,
  work: WorkOf<"read-back">,
): Promise<void> {
  const until = now() + work.patienceMs;
  const asked = [
    ...work.keys.map(
      (key) => () =>
        prepareGet(store, key, Number(key.split("/").at(-2) ?? 0), { intendedAt: now(), aside: true }),
    ),
    ...work.prefixes.map(
      (prefix) => () => prepareList(store, prefix, { intendedAt: now(), aside: true }, true),
    ),
  ];
  for (const prepare of asked)
    for (;;) {
      const sample = await perform(prepare(), plan.timeoutMs);
      if (sample.outcome !== "ok" && now() < until) {
        await delay(200);
        continue;
      }
      say(sample);
      break;
    }
}

/** Puts until one is acknowledged; those before it are told, too. */
export async function firstPut(
  { plan, store, bodies, say }: ClientContext,
  work: WorkOf<"first-put">,
): Promise<void> {
  const until = now() + work.limitMs;
  for (let index = 0; now() < until; index++) {
    await store.prepare(AbortSignal.timeout(plan.timeoutMs)).catch(() => undefined);
    const put = preparePut(store, bodies, keyOf(plan.phase, 1024, index), 1024, {
      intendedAt: now(),
      aside: true,
    });
    const sample = await perform(put, plan.timeoutMs);
    say(sample);
    if (sample.outcome === "ok") return;
    await delay(work.everyMs);
  }
}
