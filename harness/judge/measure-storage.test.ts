import { expect } from "chai";

import type { RunEvent } from "../record/model.ts";
import type { StorageRecord, StorageSample } from "../record/storage.ts";
import { phase, quiet, runOf, START } from "../record/testing.ts";
import { judge } from "./judge.ts";
import { overallVerdict } from "./judgement.ts";
import { parseObjectives } from "./objective.ts";

const load = phase("load");
const back = phase("back", { kind: "healed", startedAt: START + 20_000, endedAt: START + 30_000 });

const put = (key: string, hash: string, changes: Partial<StorageSample> = {}): StorageSample => ({
  ...{ operation: "put", sizeBytes: 1024, key, intendedAt: START, startedAt: START, durationMs: 20 },
  ...{ outcome: "ok", hash },
  ...changes,
});
const get = (key: string, hash?: string, changes: Partial<StorageSample> = {}): StorageSample => ({
  ...{ operation: "get", sizeBytes: 1024, key, durationMs: 5, outcome: "ok", aside: true },
  ...{ intendedAt: START + 20_000, startedAt: START + 20_000 },
  ...(hash === undefined ? {} : { hash }),
  ...changes,
});
const list = (listed: string[]): StorageSample => ({
  ...get("load/"),
  operation: "list",
  sizeBytes: 0,
  listed,
});

const event = (storage: StorageRecord): RunEvent => ({ type: "storage", at: START, storage });
const wrote = (...samples: StorageSample[]): RunEvent => event({ phase: "load", store: "s3", samples });
const readBack = (...samples: StorageSample[]): RunEvent =>
  event({ phase: "back", store: "s3", verifies: ["load"], samples });

const judged = (text: string, events: RunEvent[]) =>
  judge(
    runOf({
      phases: [load, back],
      events: [
        ...events,
        ...["load", "back"].map((at): RunEvent => ({ type: "pressure", at: START, pressure: quiet(at) })),
      ],
    }),
    parseObjectives(`objectives:\n  - { name: one, ${text} }`, "test.yaml"),
  );

const LOST = "quantity: storage-lost, scope: { phase: back }";

describe("a verdict on what a store lost", () => {
  const writes = wrote(put("a", "1"), put("b", "2"));

  it("is met when every acknowledged object is read and listed", () => {
    const [found] = judged(`${LOST}, limit: 0`, [
      writes,
      readBack(get("a", "1"), get("b", "2"), list(["a", "b"])),
    ]);
    expect(found).to.include({ verdict: "met", received: 0, n: 2, expected: "keys lost or wrong <= 0" });
    expect(found?.reason).to.contain("2 writes of 2 keys acknowledged");
  });

  it("is missed by a lost object, and names its key", () => {
    const events = [writes, readBack(get("a", "1"), get("b"), list(["a"]))];
    const [found] = judged(`${LOST}, limit: 0`, events);
    expect(found).to.include({ verdict: "missed", received: 1 });
    expect(found?.reason).to.contain("lost: b");
    expect(judged(`${LOST}, limit: "= 50%", anomaly: lost`, events)[0]?.verdict).to.equal("met");
    expect(judged(`${LOST}, limit: 0, anomaly: stale`, events)[0]?.verdict).to.equal("met");
  });

  it("fails nothing where the loss is a known one, and still shows it", () => {
    const events = [writes, readBack(get("a", "1"), get("b"), list(["a"]))];
    const judgements = judged(`${LOST}, limit: 0, knownFailure: one disk`, events);
    expect(judgements[0]).to.include({ verdict: "missed", knownFailure: "one disk" });
    expect(overallVerdict(judgements)).to.equal("met");
  });

  it("is missed by an object that is there and not listed", () => {
    const [found] = judged(`${LOST}, limit: 0`, [
      writes,
      readBack(get("a", "1"), get("b", "2"), list(["a"])),
    ]);
    expect(found?.reason).to.contain("unlisted: b");
  });

  it("counts a put whose answer never came as neither, and says that it is there", () => {
    const unknown = put("b", "2", { outcome: "unknown" });
    for (const b of [get("b"), get("b", "2")]) {
      const there = b.hash === undefined ? ["a"] : ["a", "b"];
      const [found] = judged(`${LOST}, limit: 0`, [
        wrote(put("a", "1"), unknown),
        readBack(get("a", "1"), b, list(there)),
      ]);
      expect(found?.verdict).to.equal("met");
      expect(found?.reason.includes("1 unknown ones are there")).to.equal(b.hash !== undefined);
    }
  });

  it("is broken where not everything was read back, or nothing was acknowledged", () => {
    const cases: [RunEvent[], string][] = [
      [[writes], "nothing was read back in back"],
      [[writes, readBack(get("a", "1"), list(["a", "b"]))], "1 keys could not be read back: b"],
      [
        [writes, readBack(get("a", "1"), get("b", undefined, { outcome: "unknown" }), list(["a"]))],
        "could not be read back: b",
      ],
      [[writes, readBack(get("a", "1"), get("b", "2"))], "did not list"],
      [
        [wrote(put("a", "1", { outcome: "failed" })), readBack(get("a"), list([]))],
        "no write that back reads back",
      ],
    ];
    for (const [events, why] of cases) {
      const [found] = judged(`${LOST}, limit: 0`, events);
      expect(found?.verdict, why).to.equal("broken");
      expect(found?.reason).to.contain(why);
    }
  });
});

describe("a verdict on the latency of a store", () => {
  const LATENCY =
    "quantity: storage-latency, operation: put, size: 1KiB, percentile: p50, scope: { phase: load }";

  it("is about one operation and size, without what lay aside", () => {
    const [found] = judged(`${LATENCY}, limit: 100ms`, [
      wrote(
        ...Array.from({ length: 9 }, (_, index) => put(`a${index}`, `${index}`)),
        ...Array.from({ length: 9 }, () => put("b", "b", { sizeBytes: 8192, durationMs: 500 })),
        ...Array.from({ length: 9 }, () => put("c", "c", { aside: true, durationMs: 500 })),
        ...Array.from({ length: 9 }, () => get("a", "a", { aside: false, durationMs: 500 })),
      ),
    ]);
    expect(found).to.include({ verdict: "met", n: 9, received: 20, expected: "put p50 <= 100 ms" });
    expect(found?.scope.function).to.equal("s3: put 1 KiB");
  });

  it("counts what did not end well as infinite", () => {
    const outcomes = ["failed", "unknown", "dropped"] as const;
    for (const outcome of outcomes) {
      const [found] = judged(`${LATENCY}, limit: 100ms`, [
        wrote(...Array.from({ length: 9 }, (_, index) => put("a", `${index}`, { outcome }))),
      ]);
      expect(found).to.include({ verdict: "missed", received: Infinity });
      expect(found?.reason).to.contain("9 of 9 did not end well");
    }
  });

  it("is broken without any of it, and inconclusive with too few", () => {
    expect(judged(`${LATENCY}, limit: 100ms`, [])[0]?.reason).to.contain("no put 1 KiB was recorded in load");
    expect(judged(`${LATENCY}, limit: 100ms`, [wrote(put("a", "1"))])[0]?.verdict).to.equal("inconclusive");
  });
});
