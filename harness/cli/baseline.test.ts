import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { readRun } from "../record/read-run.ts";
import { seriesRun, writeRuns } from "../trend/testing.ts";
import { againstEarlier, comparedLine, tooFewLine } from "./baseline.ts";

describe("a run without a baseline", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "edgeproof-earlier-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs in this order; what the last of them is held against. */
  const against = (...medians: number[]) => {
    const runs = writeRuns(
      folder,
      medians.map((median, at) => seriesRun(at, median)),
    );
    return againstEarlier(readRun(runs.at(-1)!), folder);
  };
  const verdictOf = (found: ReturnType<typeof against>, quantity: string) =>
    typeof found === "object" ? found.comparisons.find((one) => one.quantity === quantity)?.verdict : found;

  it("is held, with the two before it, against those before them", () => {
    const found = against(20, 21, 19.5, 20.5, 26, 25.5, 26.5);
    expect(verdictOf(found, "p50")).to.equal("worse");
    expect(typeof found === "object" && comparedLine(found)).to.match(
      /^against 4 runs, \S+ to \S+: \d worse/,
    );
  });

  it("is not called worse for lying where earlier runs lie too", () => {
    expect(verdictOf(against(20, 23, 19, 22, 20, 22, 23), "p50")).to.equal("inconclusive");
  });

  it("is held against nothing before the scatter of its kind is known, and that is said", () => {
    const found = against(20, 20, 20, 26, 26);
    expect(found).to.equal(5);
    expect(tooFewLine(5)).to.equal(
      "against earlier runs: nothing yet, 5 of the 6 runs of its kind that tell their scatter",
    );
  });
});
