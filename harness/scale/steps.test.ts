import { expect } from "chai";

import { defaultSteps, parseSteps } from "./steps.ts";

describe("the sizes that a cluster grows through", () => {
  it("are enough for the interval of a slope, and end at the size that was asked for", () => {
    expect(defaultSteps(1000)).to.deep.equal([10, 50, 100, 200, 500, 1000]);
    expect(defaultSteps(3)).to.deep.equal([1, 2, 3]);
    expect(defaultSteps(1)).to.deep.equal([1]);
  });

  it("are taken as they are written", () => expect(parseSteps("1, 5,20", 20)).to.deep.equal([1, 5, 20]));

  for (const text of ["20,5", "5,5,20", "5,10", "0,20", "a,20", "1.5,20", ""])
    it(`are refused as \`${text}\``, () =>
      expect(() => parseSteps(text, 20)).to.throw(/no steps to 20 nodes/));
});
