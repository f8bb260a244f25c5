import { expect } from "chai";
import fc from "fast-check";

import { checkRegisters, type RegisterRead, type RegisterWrite } from "./registers.ts";

/**
 * A register that is right: operations overlap, each takes effect at one moment between its beginning and its end, and
 * that of an unknown write may come any time later, or never.
 */
const operation = fc.record({
  key: fc.constantFrom("a", "b"),
  isWrite: fc.boolean(),
  at: fc.integer({ min: 0, max: 1000 }),
  /** From the beginning to the effect, and from there to the end. */
  before: fc.integer({ min: 1, max: 300 }),
  after: fc.integer({ min: 1, max: 300 }),
  outcome: fc.constantFrom("ok", "ok", "failed", "unknown", "unknown-late"),
});

interface Simulated {
  writes: RegisterWrite[];
  reads: RegisterRead[];
}

function simulate(
  operations: readonly (typeof operation extends fc.Arbitrary<infer T> ? T : never)[],
): Simulated {
  const simulated: Simulated = { writes: [], reads: [] };
  const state = new Map<string, string>();
  const effects: { at: number; run: () => void }[] = [];
  operations.forEach(({ key, isWrite, at, before, after, outcome }, index) => {
    const effectAt = at + before + index / 1000;
    const endedAt = effectAt + after;
    if (!isWrite) {
      const read: RegisterRead = { key, value: undefined, invokedAt: at, endedAt };
      simulated.reads.push(read);
      effects.push({ at: effectAt, run: () => (read.value = state.get(key)) });
      return;
    }
    const value = `v${index}`;
    const known = outcome === "unknown-late" ? "unknown" : outcome;
    simulated.writes.push({ key, value, invokedAt: at, endedAt, outcome: known });
    // A late one takes effect after its client has given it up.
    const when = outcome === "unknown-late" ? endedAt + before : effectAt;
    if (outcome !== "failed") effects.push({ at: when, run: () => state.set(key, value) });
  });
  for (const { run } of effects.toSorted((a, b) => a.at - b.at)) run();
  return simulated;
}

const END = 5000;

/** Keys that are written one write after the other, and read back in the end. */
const sequential = fc
  .array(fc.record({ key: fc.constantFrom("a", "b", "c"), ok: fc.constantFrom(true, true, false) }), {
    minLength: 2,
    maxLength: 30,
  })
  .map((steps) => {
    const writes = steps.map(({ key, ok }, index): RegisterWrite => ({
      ...{ key, value: `v${index}`, invokedAt: index * 10, endedAt: index * 10 + 5 },
      outcome: ok ? "ok" : "failed",
    }));
    const reads = [...new Set(writes.map(({ key }) => key))].map((key): RegisterRead => ({
      key,
      value: writes.findLast((write) => write.key === key && write.outcome === "ok")?.value,
      ...{ invokedAt: END, endedAt: END + 1 },
    }));
    return { writes, reads };
  });

const planted = ({ reads }: Simulated, key: string, value: string | undefined): RegisterRead[] =>
  reads.map((read) => (read.key === key ? { ...read, value } : read));

describe("checking registers", () => {
  it("finds nothing in any history of a register that is right", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        const { writes, reads } = simulate(operations);
        expect(checkRegisters(writes, reads)).to.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  });

  it("finds an acknowledged write that is gone, and names its key and no other", () => {
    fc.assert(
      fc.property(sequential, (history) => {
        const victim = history.reads.find(({ value }) => value !== undefined);
        fc.pre(victim !== undefined);
        expect(checkRegisters(history.writes, planted(history, victim.key, undefined))).to.deep.equal([
          { anomaly: "lost", key: victim.key, readAt: END, value: undefined, expected: victim.value },
        ]);
      }),
    );
  });

  it("finds every older acknowledged value that is read as the newest", () => {
    fc.assert(
      fc.property(sequential, fc.nat(), (history, pick) => {
        const { writes } = history;
        const old = writes.filter(
          (write, index) =>
            write.outcome === "ok" &&
            writes.some(({ key, outcome }, later) => later > index && key === write.key && outcome === "ok"),
        );
        fc.pre(old.length > 0);
        const { key, value } = old[pick % old.length]!;
        const found = checkRegisters(writes, planted(history, key, value));
        expect(found.map((one) => [one.anomaly, one.key])).to.deep.equal([["stale", key]]);
      }),
    );
  });

  it("finds what nobody wrote to the key, another key's value included", () => {
    fc.assert(
      fc.property(sequential, (history) => {
        const [first] = history.reads;
        const other = history.writes.find(({ key }) => key !== first!.key);
        for (const value of ["nobody's", ...(other ? [other.value] : [])]) {
          const found = checkRegisters(history.writes, planted(history, first!.key, value));
          expect(found.map((one) => [one.anomaly, one.key])).to.deep.equal([["corrupted", first!.key]]);
        }
      }),
    );
  });

  it("finds the value of a write that had certainly failed", () => {
    fc.assert(
      fc.property(sequential, (history) => {
        const failed = history.writes.find(({ outcome }) => outcome === "failed");
        fc.pre(failed !== undefined);
        const found = checkRegisters(history.writes, planted(history, failed.key, failed.value));
        expect(found.map((one) => [one.anomaly, one.key])).to.deep.equal([["resurrected", failed.key]]);
      }),
    );
  });

  it("does not depend on the order in which operations are listed", () => {
    fc.assert(
      fc.property(sequential, (history) => {
        const [first] = history.reads;
        const reads = planted(history, first!.key, "nobody's");
        expect(checkRegisters(history.writes.toReversed(), reads.toReversed())).to.deep.equal(
          checkRegisters(history.writes, reads),
        );
      }),
    );
  });

  const write = (value: string, invokedAt: number, outcome: RegisterWrite["outcome"]): RegisterWrite => ({
    ...{ key: "k", value, invokedAt, endedAt: invokedAt + 5, outcome },
  });
  const read = (value: string | undefined, invokedAt: number): RegisterRead => ({
    ...{ key: "k", value, invokedAt, endedAt: invokedAt + 1 },
  });

  it("takes either outcome of a write whose answer never came", () => {
    const writes = [write("old", 0, "ok"), write("new", 10, "unknown")];
    for (const value of ["old", "new"]) expect(checkRegisters(writes, [read(value, 100)])).to.deep.equal([]);
  });

  it("holds a write whose answer never came to what was read of it", () => {
    const writes = [write("old", 0, "ok"), write("new", 10, "unknown")];
    expect(
      checkRegisters(writes, [read("new", 50), read("old", 100)]).map(({ anomaly }) => anomaly),
    ).to.deep.equal(["stale"]);
    expect(checkRegisters([writes[1]!], [read("new", 50), read(undefined, 100)])[0]).to.include({
      anomaly: "lost",
      expected: "new",
    });
  });

  it("takes either order of two acknowledged writes that overlapped", () => {
    const writes = [
      { ...write("one", 0, "ok"), endedAt: 20 },
      { ...write("two", 10, "ok"), endedAt: 30 },
    ];
    for (const value of ["one", "two"]) expect(checkRegisters(writes, [read(value, 100)])).to.deep.equal([]);
  });

  it("takes no value from a write that began after the read had ended", () => {
    const found = checkRegisters([write("later", 100, "ok")], [read("later", 0)]);
    expect(found.map(({ anomaly }) => anomaly)).to.deep.equal(["corrupted"]);
  });
});
