import { expect } from "chai";

import { segmentArguments, segmentsOf, slotsOf } from "./segments.ts";

describe("parts of a load", () => {
  it("have each slot once between them, however many they are", () => {
    for (const planned of [0, 1, 2, 5, 99, 100, 101, 12_345])
      for (const count of [1, 2, 3, 7, 16]) {
        const slots = segmentsOf(count).map((segment) => slotsOf(planned, segment));
        expect(
          slots.reduce((sum, one) => sum + one, 0),
          `${planned} in ${count}`,
        ).to.equal(planned);
        expect(Math.max(...slots) - Math.min(...slots)).to.be.at.most(1);
      }
  });

  it("are told to k6 as its execution segments, exactly, and not where there is one", () => {
    expect(segmentsOf(3).map(segmentArguments)).to.deep.equal([
      ["--execution-segment=0:1/3", "--execution-segment-sequence=0,1/3,2/3,1"],
      ["--execution-segment=1/3:2/3", "--execution-segment-sequence=0,1/3,2/3,1"],
      ["--execution-segment=2/3:1", "--execution-segment-sequence=0,1/3,2/3,1"],
    ]);
    expect(segmentArguments({ index: 0, of: 1 })).to.deep.equal([]);
  });
});
