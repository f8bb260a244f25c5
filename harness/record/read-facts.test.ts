import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import { EdgeproofError } from "../errors.ts";
import type { Sample } from "./model.ts";
import { readFacts, scanStretches, shares } from "./read-facts.ts";
import { groupsOf, mergeGroups, type RequestGroup } from "./request-groups.ts";
import { header, temporaryFolder } from "./testing.ts";

/** In an order of their own, each with all its durations as one ascending list. */
const plain = (groups: readonly RequestGroup[]) =>
  groups
    .map(({ completed, seconds, ...rest }) => ({
      ...rest,
      completed: completed.flatMap((part) => [...part]).toSorted((a, b) => a - b),
      seconds: [...seconds].toSorted(([a], [b]) => a - b),
    }))
    .toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));

const time = fc.oneof(
  fc.integer({ min: 0, max: 1_800_000_000_000 }),
  fc.double({ min: 0, max: 1.8e12, noNaN: true }),
  fc.integer({ min: 0, max: 1_800_000_000_000_000 }).map((micros) => micros / 1000),
);
const text = (...values: string[]) => fc.constantFrom(...values);
const whole: fc.Arbitrary<Sample> = fc
  .record({
    phase: text("typ"),
    fn: text("fib", "fib-2"),
    intendedAt: time,
    startedAt: time,
    durationMs: fc.oneof(time, fc.double({ min: -1e-9, max: 1e-7, noNaN: true })).map((value) => value + 0),
    outcome: fc.constantFrom("completed" as const, "failed" as const, "timed-out" as const),
    status: fc.constantFrom(0, 200, 503),
    errorCode: fc.constantFrom(0, 1050),
    pod: text("", "a", "ä\u2028"),
    node: text("", "pi4-1"),
    deviceClass: text("", "pi4"),
    closed: fc.boolean(),
  })
  .map(({ closed, ...one }) => (closed ? { ...one, model: "closed" } : one));

describe("the facts of a run", () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = temporaryFolder();
    mkdirSync(join(folder, "samples"));
    writeFileSync(join(folder, "run.json"), JSON.stringify(header));
    writeFileSync(join(folder, "events.ndjson"), "");
    file = join(folder, "samples", "typ.ndjson");
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (samples: readonly unknown[]): void =>
    writeFileSync(file, samples.map((one) => `${JSON.stringify(one)}\n`).join(""));

  it("are those of its samples, whatever their numbers and however the file is cut into shares", () => {
    fc.assert(
      fc.property(
        fc.array(whole, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        (samples, n) => {
          // Twice, so that lines come which are laid out as ones before.
          const all = [...samples, ...samples];
          write(all);
          const size = readFileSync(file).length;
          const parts = shares([{ file, size }], n).map(scanStretches);
          expect(parts.every(Array.isArray)).to.equal(true);
          expect(plain(mergeGroups(parts as RequestGroup[][]))).to.deep.equal(plain(groupsOf(all)));
        },
      ),
    );
  });

  it("leave out a last line that was cut off", async () => {
    const [one] = fc.sample(whole, { numRuns: 1, seed: 1 });
    write([one, one]);
    appendFileSync(file, JSON.stringify(one).slice(0, 40));
    const { requests, complete } = await readFacts(folder);
    expect([plain(requests), complete]).to.deep.equal([plain(groupsOf([one!, one!])), false]);
  });

  it("name the line that is damaged", async () => {
    const [one] = fc.sample(whole, { numRuns: 1, seed: 2 });
    for (const [bad, message] of [
      ['{"phase":', "not a line of JSON"],
      [JSON.stringify({ ...one, durationMs: "12" }), "durationMs"],
    ] as const) {
      write([one, one]);
      appendFileSync(file, `${bad}\n${JSON.stringify(one)}\n`);
      const error = await readFacts(folder).then(
        () => undefined,
        (reason: unknown) => reason as EdgeproofError,
      );
      expect(error).to.be.instanceOf(EdgeproofError);
      expect(error?.where).to.equal(`${file}:3`);
      expect(error?.message).to.contain(message);
    }
  });
});
