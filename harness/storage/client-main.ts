import { text } from "node:stream/consumers";

import { Bodies } from "./body.ts";
import type { ObjectStore } from "./object-store.ts";
import { type ClientContext, openLoad } from "./open-load.ts";
import { closedLoad, firstPut, readBack } from "./other-work.ts";
import type { StoragePlan, StorageWork, StoreAddress } from "./plan.ts";
import { RecordStore } from "./record-store.ts";
import { S3Store } from "./s3-store.ts";

/**
 * Runs on a machine of the rig: `storage-client < PLAN`, a `StoragePlan` as JSON. Prints one line of JSON for every
 * operation, a `StorageSample`, as it ends.
 */
const SOCKETS = 512;

const storeAt = (address: StoreAddress): ObjectStore =>
  address.kind === "s3" ? new S3Store(address, SOCKETS) : new RecordStore(address);

const largestOf = (work: StorageWork): number =>
  work.kind === "open"
    ? Math.max(0, ...work.streams.map(({ sizeBytes }) => sizeBytes))
    : work.kind === "closed"
      ? work.sizeBytes
      : 1024;

function begin(context: ClientContext): Promise<void> {
  const { work } = context.plan;
  switch (work.kind) {
    case "open":
      return openLoad(context, work);
    case "closed":
      return closedLoad(context, work);
    case "read-back":
      return readBack(context, work);
    case "first-put":
      return firstPut(context, work);
  }
}

const plan = JSON.parse(await text(process.stdin)) as StoragePlan;
const context: ClientContext = {
  plan,
  store: storeAt(plan.store),
  bodies: new Bodies(largestOf(plan.work)),
  say: (sample) => void process.stdout.write(`${JSON.stringify(sample)}\n`),
};
// A read-back must not make the bucket whose loss it is to report.
if (plan.work.kind === "open" || plan.work.kind === "closed")
  await context.store.prepare(AbortSignal.timeout(plan.timeoutMs));
await begin(context);
// Sockets that are kept alive would hold the process.
process.stdout.write("", () => process.exit(0));
