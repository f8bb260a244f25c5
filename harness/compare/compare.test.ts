import { expect } from "chai";
import { phase, runOf, samplesOf } from "../record/testing.ts";
import { Random } from "../statistics/random.ts";
import { comparisonExitCode } from "./comparison.ts";
import { compareRuns } from "./compare.ts";

const lcl = phase("lcl");
const options = { effect: 0.05, seed: 1 };
const run = (seed: number, factor: number, complete = true) => {
  const random = new Random(seed);
  const times = Array.from({ length: 3000 }, () => factor * 20 * Math.exp(0.1 * random.normal()));
  return runOf({ phases: [lcl], samples: samplesOf(lcl, times), complete });
};

describe("comparing two runs", () => {
  it("finds what became slower, and nothing where nothing did", () => {
    const slower = compareRuns(run(1, 1), run(2, 1.2), options);
    expect(slower.comparisons[0]).to.include({ verdict: "worse" });
    expect(comparisonExitCode(slower)).to.equal(1);
    const same = compareRuns(run(1, 1), run(2, 1), options);
    expect(same.comparisons.some(({ verdict }) => verdict === "worse" || verdict === "better")).to.equal(
      false,
    );
    expect(comparisonExitCode(same)).to.equal(0);
  });

  it("gives the same result each time", () => {
    expect(compareRuns(run(1, 1), run(2, 1), options)).to.deep.equal(
      compareRuns(run(1, 1), run(2, 1), options),
    );
  });

  it("compares no run that was cut off", () => {
    const cut = compareRuns(run(1, 1), run(2, 1, false), options);
    expect(cut.broken).to.deep.equal(["head: the run was cut off: it has no end"]);
    expect([cut.comparisons, comparisonExitCode(cut)]).to.deep.equal([[], 3]);
  });

  it("refuses runs that have nothing in common", () => {
    const other = runOf({ phases: [phase("other")] });
    expect(() => compareRuns(run(1, 1), other, options)).to.throw("no phase in common");
  });
});
