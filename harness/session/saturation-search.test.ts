import { expect } from "chai";
import fc from "fast-check";

import { boundsOf, type LoadStep, nextRate } from "./saturation-search.ts";

const search = { from: 10, most: 1000, ratio: 1.1 };

/** Steps of a function that keeps up with less than `point`. */
const steps = (point: number): LoadStep[] => {
  const made: LoadStep[] = [];
  for (let rate = nextRate(made, search); rate !== undefined; rate = nextRate(made, search)) {
    expect(made.length).to.be.below(20);
    made.push({ ratePerSecond: rate, sustained: rate < point });
  }
  return made;
};

describe("the search of a saturation point", () => {
  it("encloses it to the ratio, or to one request a second", () => {
    fc.assert(
      fc.property(fc.double({ min: 10.1, max: 1000, noNaN: true }), (point) => {
        const { sustained = NaN, tooMuch = NaN } = boundsOf(steps(point));
        expect(sustained).to.be.below(point);
        expect(tooMuch).to.be.at.least(point);
        expect(tooMuch <= sustained * search.ratio || tooMuch - sustained <= 1).to.equal(true);
      }),
    );
  });

  it("ends at the highest rate that is tried, and at once where the first is too much", () => {
    expect(boundsOf(steps(5000))).to.deep.equal({ sustained: 1000, tooMuch: undefined });
    expect(boundsOf(steps(5))).to.deep.equal({ sustained: undefined, tooMuch: 10 });
    expect(steps(5)).to.have.length(1);
  });

  it("takes no rate for sustained above one that was too much", () => {
    const noisy = [
      { ratePerSecond: 10, sustained: true },
      { ratePerSecond: 20, sustained: false },
      { ratePerSecond: 40, sustained: true },
    ];
    expect(boundsOf(noisy)).to.deep.equal({ sustained: 10, tooMuch: 20 });
  });
});
