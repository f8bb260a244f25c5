import { expect } from "chai";
import fc from "fast-check";
import type { Sample } from "../record/model.ts";
import { SlotMover } from "./k6-drops.ts";

const sample = (intendedAt: number, startedAt: number, durationMs: number): Sample => ({
  phase: "typ",
  fn: "fib",
  intendedAt,
  startedAt,
  durationMs,
  outcome: "completed",
  status: 200,
  errorCode: 0,
  pod: "",
  node: "",
  deviceClass: "",
});

/** What k6 reports of a schedule where some slots are dropped: starts are numbered without them. */
const asReported = (slots: readonly boolean[], period: number, lateness: number, took: number) => {
  const samples: Sample[] = [];
  const drops: number[] = [];
  for (const [slot, dropped] of slots.entries()) {
    const at = slot * period + lateness;
    if (dropped) drops.push(at);
    else samples.push(sample(samples.length * period, at, at + took - samples.length * period));
  }
  return { samples, drops };
};

const moveToSlots = (samples: readonly Sample[], drops: readonly number[], rate: number): Sample[] => {
  const mover = new SlotMover(rate);
  for (const at of drops) mover.dropped(at);
  return samples.map((one) => mover.move(one));
};

describe("intended starts after drops", () => {
  it("stay where they are without drops", () => {
    const [first, second] = [sample(0, 1, 5), sample(20, 20.5, 5)];
    expect(moveToSlots([second, first], [], 50)).to.deep.equal([second, first]);
  });

  it("are moved by the drops before them alone, in whatever order these are told", () => {
    const moved = moveToSlots([sample(0, 45, 9), sample(10, 25, 9)], [40, 5, 15], 100);
    expect(moved.map(({ intendedAt }) => intendedAt)).to.deep.equal([30, 25]);
  });

  it("are found again for any pattern of drops", () => {
    const slots = fc.array(fc.boolean(), { maxLength: 200 });
    fc.assert(
      fc.property(slots, fc.double({ min: 0.1, max: 9, noNaN: true }), (dropped, lateness) => {
        const { samples, drops } = asReported(dropped, 10, lateness, 7);
        const moved = moveToSlots(samples, drops, 100);
        const wanted = dropped.flatMap((isDropped, slot) => (isDropped ? [] : [slot * 10]));
        for (const [index, { intendedAt, durationMs }] of moved.entries()) {
          expect(intendedAt).to.be.closeTo(wanted[index]!, 1e-6);
          expect(durationMs).to.be.closeTo(lateness + 7, 1e-6);
        }
      }),
    );
  });

  it("are never later than the start", () => {
    for (const { intendedAt, startedAt, durationMs } of moveToSlots([sample(0, 5, 9)], [1, 2, 3], 100)) {
      expect(intendedAt).to.equal(startedAt);
      expect(durationMs).to.equal(4);
    }
  });
});
