import { expect } from "chai";

import type { StreamReading } from "../../probe/stream-plan.ts";
import { Random } from "../../../harness/statistics/random.ts";
import { type StreamMeasure, halfWidth, judgeMeasure } from "./stream-measure.ts";

const reading = (firstByteMs: number, over: Partial<StreamReading> = {}): StreamReading => ({
  ...{ at: 0, end: "done", endMs: firstByteMs + 1, firstByteMs, lastByteMs: firstByteMs, bytes: 64 },
  ...{ answers: 1, answeredBytes: 40 },
  ...over,
});
const many = (count: number, firstByteMs: number): StreamReading[] =>
  Array.from({ length: count }, (_, index) => reading(firstByteMs + (index % 3)));
const during = { subject: "a -> b", when: "during", least: 20 } as const;

const late: StreamMeasure = {
  ...{ kind: "median", quantity: "latency-ms", value: ({ firstByteMs }) => firstByteMs },
  during: (base) => base + 50,
  tolerance: () => 5,
};

describe("a measure of streams", () => {
  it("holds when the median is what was asked for on top of what was there", () => {
    const check = judgeMeasure(late, during, many(40, 53), many(30, 3));
    expect(check).to.include({ asked: 54, measured: 54, held: true });
  });

  it("does not hold when the toxic was never there, nor when it was twice as strong", () => {
    expect(judgeMeasure(late, during, many(40, 3), many(30, 3)).held).to.equal(false);
    expect(judgeMeasure(late, during, many(40, 103), many(30, 3)).held).to.equal(false);
  });

  it("does not hold on too few readings, nor on none", () => {
    expect(judgeMeasure(late, during, many(19, 53), many(30, 3)).held).to.equal(false);
    expect(judgeMeasure(late, during, [], many(30, 3))).to.include({ held: false, samples: 0 });
  });

  it("takes a tolerance of nothing by its word", () => {
    const exact: StreamMeasure = {
      ...{ kind: "median", quantity: "bytes-received", value: ({ bytes }) => bytes },
      during: () => 100,
      tolerance: () => 0,
    };
    const withBytes = (...sizes: number[]) => sizes.map((bytes) => reading(1, { bytes }));
    const few = { ...during, least: 3 };
    expect(judgeMeasure(exact, few, withBytes(100, 100, 100), []).held).to.equal(true);
    expect(judgeMeasure(exact, few, withBytes(99, 99, 100), []).held).to.equal(false);
  });

  it("wants every connection to be reset, and none of them before", () => {
    const reset: StreamMeasure = {
      ...{ kind: "share", quantity: "connection-reset", calm: false, during: true },
      yes: ({ end }) => end === "reset",
    };
    const resets = many(20, 3).map((one) => ({ ...one, end: "reset" as const }));
    expect(judgeMeasure(reset, during, resets, []).held).to.equal(true);
    expect(judgeMeasure(reset, during, [...resets, reading(3)], []).held).to.equal(false);
    expect(judgeMeasure(reset, { ...during, when: "before" }, resets, []).held).to.equal(false);
  });

  it("finds the half width of a uniform distribution, whatever a tenth of outliers say", () => {
    const random = new Random(5);
    const values = Array.from({ length: 1000 }, () => 60 + (random.next() * 2 - 1) * 40);
    expect(halfWidth(values)).to.be.closeTo(40, 2);
    expect(halfWidth([...values, ...Array.from({ length: 50 }, () => 900)])).to.be.closeTo(40, 5);
  });

  it("tells jitter from none", () => {
    const jitter: StreamMeasure = {
      ...{ kind: "half-width", quantity: "jitter-ms", value: ({ firstByteMs }) => firstByteMs },
      asked: 40,
    };
    const random = new Random(9);
    const spread = Array.from({ length: 60 }, () => reading(60 + (random.next() * 2 - 1) * 40));
    expect(judgeMeasure(jitter, during, spread, many(60, 3)).held).to.equal(true);
    expect(judgeMeasure(jitter, during, many(60, 60), many(60, 3)).held).to.equal(false);
    expect(judgeMeasure(jitter, { ...during, when: "after" }, spread, many(60, 3)).held).to.equal(false);
  });
});
