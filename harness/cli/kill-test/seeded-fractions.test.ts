import { expect } from "chai";

import { seededFractions } from "./seeded-fractions.ts";

describe("moments at which runs are killed", () => {
  it("are the same for the same seed and others for another", () => {
    expect(seededFractions(7, 20)).to.deep.equal(seededFractions(7, 20));
    expect(seededFractions(7, 20)).to.not.deep.equal(seededFractions(8, 20));
  });

  it("spread over the whole run", () => {
    const fractions = seededFractions(1, 1000);
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => fractions.filter((fraction) => Math.floor(fraction * 10) === tenth).length,
    );
    expect(Math.min(...tenths)).to.be.greaterThan(60);
    expect(Math.max(...tenths)).to.be.lessThan(140);
  });
});
