import { setTimeout as delay } from "node:timers/promises";

import { expect } from "chai";

import type { StorageSample } from "../record/storage.ts";
import { Bodies, sha256 } from "./body.ts";
import type { ObjectStore } from "./object-store.ts";
import { dueTimes, openLoad } from "./open-load.ts";
import type { StorageStream } from "./plan.ts";

/** A store in memory that takes its time. */
class SlowStore implements ObjectStore {
  readonly objects = new Map<string, Uint8Array>();
  private readonly delayMs: number;

  constructor(delayMs: number) {
    this.delayMs = delayMs;
  }

  prepare = (): Promise<void> => Promise.resolve();

  async put(key: string, body: Uint8Array): Promise<void> {
    await delay(this.delayMs);
    this.objects.set(key, body);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    await delay(this.delayMs);
    return this.objects.get(key);
  }

  list = (prefix: string): Promise<string[]> =>
    Promise.resolve([...this.objects.keys()].filter((key) => key.startsWith(prefix)));
}

async function loaded(
  store: SlowStore,
  streams: StorageStream[],
  maxInFlight = 100,
): Promise<StorageSample[]> {
  const samples: StorageSample[] = [];
  const work = { kind: "open", durationMs: 400, streams, keysPerSize: 3, maxInFlight } as const;
  const plan = {
    store: { kind: "record-log", endpoint: "" } as const,
    ...{ phase: "p", seed: 1, timeoutMs: 1000, work },
  };
  await openLoad({ plan, store, bodies: new Bodies(1024), say: (one) => void samples.push(one) }, work);
  return samples;
}

const PUTS: StorageStream = { operation: "put", sizeBytes: 64, ratePerSecond: 25 };

describe("an open load on a store", () => {
  it("is due at a constant rate, for its whole duration", () => {
    const slots = dueTimes({ ...PUTS, ratePerSecond: 4 }, 1000, 1).map((at) => Math.floor(at / 250));
    expect(slots).to.deep.equal([0, 1, 2, 3]);
    expect(dueTimes({ ...PUTS, ratePerSecond: 0.4 }, 20_000, 1)).to.have.length(8);
  });

  it("is due at other moments than streams beside it and than with another seed, and at the same ones again", () => {
    const first = dueTimes(PUTS, 1000, 1);
    expect(dueTimes(PUTS, 1000, 1)).to.deep.equal(first);
    expect(dueTimes(PUTS, 1000, 2)).to.not.deep.equal(first);
    expect(dueTimes({ ...PUTS, operation: "get" }, 1000, 1)).to.not.deep.equal(first);
  });

  it("starts what is due while the ones before are still under way", async () => {
    const samples = await loaded(new SlowStore(200), [PUTS]);
    expect(samples).to.have.length(10);
    const starts = samples.map(({ intendedAt }) => intendedAt).toSorted((a, b) => a - b);
    // One after the other would take 2 s; ten periods of 40 ms.
    expect(starts.at(-1)! - starts[0]!).to.be.within(320, 400);
    for (const { durationMs } of samples) expect(durationMs).to.be.at.least(195);
  });

  it("records what it had to drop, so that nothing that was planned is missing", async () => {
    const samples = await loaded(new SlowStore(300), [PUTS], 2);
    expect(samples).to.have.length(10);
    expect(samples.filter(({ outcome }) => outcome === "dropped").length).to.be.within(1, 8);
  });

  it("writes values that differ, and says the hash of what lies there", async () => {
    const store = new SlowStore(1);
    const puts = (await loaded(store, [PUTS])).filter(({ operation }) => operation === "put");
    expect(new Set(puts.map(({ hash }) => hash)).size).to.equal(puts.length);
    expect([...store.objects.keys()]).to.have.members(["p/64/0000", "p/64/0001", "p/64/0002"]);
    for (const [key, body] of store.objects)
      expect(puts.findLast((put) => put.key === key)?.hash).to.equal(sha256(body));
  });

  it("has something to read from the first moment on", async () => {
    const samples = await loaded(new SlowStore(1), [{ ...PUTS, operation: "get" }]);
    const gets = samples.filter(({ operation }) => operation === "get");
    expect(gets).to.have.length(10);
    for (const { outcome, hash } of gets) expect([outcome, hash?.length]).to.deep.equal(["ok", 64]);
    expect(samples.filter(({ aside }) => aside)).to.have.length(1);
  });
});
