import { expect } from "chai";
import fc from "fast-check";

import { OrderedUnion } from "./ordered.ts";

const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 30 });

describe("several ascending arrays as one", () => {
  it("have the order of all their values, and the infinite ones last", () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 4 }), fc.nat(3), (parts, infinite) => {
        const union = new OrderedUnion(
          parts.map((part) => Float64Array.from(part).sort()),
          infinite,
        );
        const all = [...Float64Array.from(parts.flat()).sort(), ...Array<number>(infinite).fill(Infinity)];
        expect(union.length).to.equal(all.length);
        // -0 equals 0 here: which of the two comes first has no meaning.
        for (const [index, value] of all.entries()) expect(union.at(index)! + 0).to.equal(value + 0);
      }),
    );
  });

  it("have nothing outside", () => {
    const union = new OrderedUnion([Float64Array.of(1, 2)], 1);
    expect([union.at(-1), union.at(2), union.at(3)]).to.deep.equal([undefined, Infinity, undefined]);
  });
});
