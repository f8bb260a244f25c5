import { expect } from "chai";
import { PacketHeap } from "./packet-heap.ts";
import { Random } from "../../../harness/statistics/random.ts";

const drain = (heap: PacketHeap): number[] => Array.from({ length: heap.size }, () => heap.pop());

describe("The packet heap", () => {
  it("gives packets out by release time", () => {
    const heap = new PacketHeap(1000);
    const random = new Random(1);
    const times = Array.from({ length: 1000 }, () => random.next());
    times.forEach((time, slot) => heap.push(time, slot));
    const released = drain(heap).map((slot) => times[slot]);
    expect(released).to.deep.equal([...times].sort((a, b) => a - b));
  });

  it("keeps the order of arrival among equal times, also with removals in between", () => {
    const heap = new PacketHeap(500);
    const released: number[] = [];
    for (let slot = 0; slot < 400; slot++) {
      heap.push(Math.floor(slot / 100), slot);
      if (slot % 3 === 0) released.push(heap.pop());
    }
    released.push(...drain(heap));
    expect(released).to.deep.equal(Array.from({ length: 400 }, (_, slot) => slot));
  });

  it("says when nothing waits and refuses more than it can hold", () => {
    const heap = new PacketHeap(1);
    expect(heap.nextTime).to.equal(Infinity);
    heap.push(2, 0);
    expect(heap.nextTime).to.equal(2);
    expect(() => heap.push(3, 1)).to.throw("full");
  });
});
