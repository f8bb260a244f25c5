import { expect } from "chai";

import { MatrixProgress, plannedMs, roughly } from "./matrix-progress.ts";
import { cells } from "./testing.ts";

describe("progress through a matrix", () => {
  const all = cells({
    profiles: ["lcl"],
    overhead: undefined,
    scalability: { duration: 27_500, think: 250, users: [1, 2, 3, 4], n: [1] },
  });
  const none = new Set<string>();

  it("goes by what is planned: a closed load, an open one as long, and what is around them", () => {
    expect(plannedMs(all[0]!)).to.equal(60_000);
    expect(new MatrixProgress(all, none).line(all[0]!)).to.equal("cell 1 of 4, about 4 min left");
  });

  it("corrects that by how long cells took so far", () => {
    const progress = new MatrixProgress(all, none);
    progress.done(all[0]!, 120_000);
    expect(progress.line(all[1]!)).to.equal("cell 2 of 4, about 6 min left");
    progress.done(all[1]!, 60_000);
    expect(progress.leftMs).to.equal(2 * 60_000 * 1.5);
  });

  it("has nothing left of what an earlier run finished", () => {
    const progress = new MatrixProgress(all, new Set([all[0]!.phase, all[2]!.phase]));
    expect(progress.line(all[1]!)).to.equal("cell 2 of 4, about 2 min left");
  });

  it("is said in the unit that fits", () => {
    expect([1_400, 89_000, 90_000, 5_000_000, 9_000_000].map(roughly)).to.deep.equal([
      ...["1 s", "89 s", "2 min", "83 min", "2.5 h"],
    ]);
  });
});
