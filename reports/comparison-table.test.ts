import { expect } from "chai";
import type { Comparison, RunComparison } from "../harness/compare/comparison.ts";
import { decide } from "../harness/compare/decide.ts";
import { comparisonTable } from "./comparison-table.ts";

const finding = (low: number, high: number, p: number, doubts: string[] = []) => ({
  quantity: "p50",
  scope: { phase: "typ", profile: "typ", function: "fib", deviceClass: "pi4" },
  unit: "ms" as const,
  base: 10,
  head: 12,
  samples: { base: 500, head: 500 },
  change: 0.2,
  interval: { low, high, confidence: 0.95 },
  effect: 0.05,
  p,
  doubts,
  notes: [],
});

const compared = (comparisons: Comparison[]): RunComparison => ({
  base: "one",
  head: "two",
  effect: 0.05,
  alpha: 0.05,
  seed: 1,
  differs: ["engine: kubernetes, k3s"],
  unmatched: [],
  broken: [],
  comparisons,
});

describe("the comparison table", () => {
  it("has what differs first, a row for each comparison, and the counts last", () => {
    const comparisons = decide(
      [
        finding(0.15, 0.25, 0.001),
        finding(-0.02, 0.03, 0.5),
        finding(0.01, 0.25, 0.001),
        finding(-0.3, -0.1, 0.001, ["few"]),
        finding(-0.3, -0.1, 0.04),
        finding(-0.3, -0.1, 0.0001),
      ],
      0.05,
    );
    expect(comparisons.map(({ verdict }) => verdict)).to.deep.equal([
      "worse",
      "same",
      "inconclusive",
      "inconclusive",
      "inconclusive",
      "better",
    ]);
    const lines = comparisonTable(compared(comparisons)).trimEnd().split("\n");
    expect(lines).to.include("differs: engine: kubernetes, k3s");
    expect(lines.find((line) => line.startsWith("✗ worse"))).to.match(
      /p50 +fib +pi4 +typ +typ +10 ms +12 ms +\+20 % \[\+15 %, \+25 %\] +0\.0040 +500, 500$/,
    );
    expect(lines.at(-1)).to.equal("1 worse, 1 better, 1 same, 3 inconclusive");
  });
});
