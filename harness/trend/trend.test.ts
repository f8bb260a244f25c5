import { expect } from "chai";

import { header } from "../record/testing.ts";
import { Random } from "../statistics/random.ts";
import type { Figure, RunFigures, TrendRow } from "./model.ts";
import { trendExitCode, trendJson } from "./model.ts";
import { trendOf } from "./trend.ts";

const options = { effect: 0.05 };
const figure = (value: number, changes: Partial<Figure> = {}): Figure => ({
  quantity: "p95",
  scope: { phase: "lcl", profile: "lcl", function: "fib", deviceClass: "pi4" },
  unit: "ms",
  worse: "higher",
  value,
  interval: undefined,
  n: 100,
  conditions: "20/s even, faults none",
  doubts: [],
  ...changes,
});
const run = (index: number, figures: Figure[], changes: Partial<RunFigures> = {}): RunFigures => ({
  folder: "",
  header: { ...header, id: `run-${index}`, startedAt: header.startedAt + index },
  figures,
  broken: [],
  ...changes,
});
const series = (values: readonly number[], changes: Partial<Figure> = {}) =>
  values.map((value, index) => run(index, [figure(value, changes)]));
const rowOf = (values: readonly number[], changes: Partial<Figure> = {}): TrendRow =>
  trendOf(series(values, changes), options).rows[0]!;

const rising = [100, 102, 105, 107, 109, 113, 115];

describe("a trend over runs", () => {
  it("is worse where the figures rise by more than the effect, and better where they fall", () => {
    const worse = rowOf(rising);
    expect(worse).to.include({ verdict: "worse", base: 102, reason: "" });
    expect(worse.change).to.be.closeTo(0.15, 0.01);
    expect(worse.interval.low).to.be.within(0.1, worse.change);
    expect(worse.p).to.be.closeTo(2 / 5040, 1e-12);
    expect(rowOf(rising.toReversed()).verdict).to.equal("better");
  });

  it("turns round where a lower value is the worse one, and takes shares by their difference", () => {
    const goodput = rising.map((value) => 1 - value / 1000);
    const row = rowOf(goodput, { unit: "share", worse: "lower" });
    expect(row).to.include({ verdict: "worse", effect: 0.01 });
    expect(row.change).to.be.closeTo(-0.015, 0.001);
    expect(rowOf(goodput, { unit: "share", worse: "higher" }).verdict).to.equal("better");
  });

  it("is the same only where the whole interval lies within the effect", () => {
    expect(rowOf([100, 100.5, 99.8, 100.2, 100.1, 99.9, 100]).verdict).to.equal("same");
    expect(rowOf([0, 0, 0, 0, 0], { unit: "share" })).to.include({
      verdict: "same",
      change: 0,
      p: undefined,
    });
    const wide = rowOf([100, 120, 90, 110, 85, 119, 101]);
    expect(wide.verdict).to.equal("too few runs");
    expect(wide.reason).to.equal("the interval reaches across 5 %, the slope does not");
  });

  it("does not call a rise worse that is surely there and does not matter", () => {
    expect(rowOf([100, 100.2, 100.4, 100.6, 100.8, 101, 101.2]).verdict).to.equal("same");
  });

  it("needs five runs, and says how many there are", () => {
    expect(rowOf([100, 110, 120, 130])).to.include({ verdict: "too few runs", reason: "4 of at least 5" });
    expect(rowOf([100, 110, 120, 130, 140]).verdict).to.equal("worse");
    expect(rowOf([100])).to.include({ verdict: "too few runs", change: 0 });
  });

  it("does not let one odd run decide", () => {
    expect(rowOf([100, 100.4, 99.9, 500, 100.1, 99.8, 100.2, 100.3, 99.7]).verdict).to.not.equal("worse");
    expect(rowOf([100, 101, 100, 99, 100, 101, 500]).verdict).to.not.equal("worse");
  });

  it("corrects for the number of rows by Holm: what one row decides, many do not", () => {
    const many = rising
      .slice(0, 5)
      .map((value, index) =>
        run(index, [
          figure(value * (1 + index / 20)),
          ...Array.from({ length: 9 }, (_, which) =>
            figure(100 + ((index * 7) % 5), { quantity: `q${which}` }),
          ),
        ]),
      );
    const row = trendOf(many, options).rows.find(({ quantity }) => quantity === "p95")!;
    expect(row.p).to.be.closeTo((10 * 2) / 120, 1e-12);
    expect(row).to.include({
      verdict: "too few runs",
      reason: "p = 0.17 after correction, 0.05 would decide",
    });
  });

  it("leaves rows that never change out of the correction", () => {
    const flat = { unit: "share" as const };
    const runs = [100, 110, 120, 130, 140].map((value, index) =>
      run(index, [
        figure(value),
        figure(0, { ...flat, quantity: "a" }),
        figure(1, { ...flat, quantity: "b" }),
      ]),
    );
    expect(trendOf(runs, options).rows[0]).to.include({ quantity: "p95", verdict: "worse" });
  });

  it("compares the last run with those before it", () => {
    expect(rowOf([100, 104, 98, 103, 110]).last).to.deep.equal({
      place: "worse than all before",
      low: 98,
      high: 104,
    });
    expect(rowOf([100, 104, 98, 103, 90]).last!.place).to.equal("better than all before");
    expect(rowOf([100, 104, 98, 103, 98]).last!.place).to.equal("within");
    const missing = [...series([100, 101, 102, 103, 104]), run(9, [])];
    expect(trendOf(missing, options).rows[0]!.last).to.equal(undefined);
  });

  it("copes with what never happened", () => {
    expect(rowOf([100, 101, 100, 99, 101, Infinity]).verdict).to.not.equal("worse");
    expect(rowOf([10, 11, 12, 13, Infinity, Infinity, Infinity, Infinity])).to.include({
      verdict: "worse",
      change: Infinity,
    });
    const recovered = rowOf([Infinity, Infinity, Infinity, Infinity, 13, 12, 11, 10]);
    expect([recovered.verdict, recovered.change]).to.deep.equal(["better", -1]);
  });

  it("leaves doubted figures out, and those under another load, and says so", () => {
    const runs = series(rising);
    runs[2]!.figures[0]!.doubts.push("the host was saturated");
    runs[0]!.figures[0]!.conditions = "10/s even, faults none";
    const row = trendOf(runs, options).rows[0]!;
    expect(row.points.map((point) => point.run)).to.deep.equal([2, 4, 5, 6, 7]);
    expect(row.leftOut).to.deep.equal([
      { run: 1, reason: "measured under 10/s even, faults none; the last under 20/s even, faults none" },
      { run: 3, reason: "the host was saturated" },
    ]);
  });

  it("excludes broken runs and says of each why", () => {
    const runs = series(rising);
    runs.push(run(9, [], { broken: [{ phase: undefined, reason: "the run was cut off: it has no end" }] }));
    const unread = [{ run: "x", reason: "not JSON" }];
    const { groups, excluded } = trendOf(runs, { ...options, unread });
    expect(groups[0]!.runs.map(({ id }) => id)).to.not.include("run-9");
    expect(excluded).to.deep.equal([
      { run: "x", reason: "not JSON" },
      { run: "run-9", reason: "the run was cut off: it has no end" },
    ]);
  });

  it("numbers runs oldest first, in whatever order they come", () => {
    const shuffled = [3, 0, 4, 1, 6, 2, 5].map((at) => series(rising)[at]!);
    expect(trendOf(shuffled, options).rows).to.deep.equal(trendOf(series(rising), options).rows);
  });

  it("has the worst rows first, and an exit code for each outcome", () => {
    const runs = rising.map((value, index) =>
      run(index, [
        figure(100, { quantity: "same" }),
        figure(215 - value, { quantity: "better" }),
        figure(value, { quantity: "worse" }),
        figure(value * value, { quantity: "worst" }),
      ]),
    );
    const found = trendOf(runs, options);
    expect(found.rows.map(({ quantity }) => quantity)).to.deep.equal(["worst", "worse", "better", "same"]);
    expect(trendExitCode(found)).to.equal(1);
    expect(trendExitCode(trendOf(series([100, 100, 100, 100, 100]), options))).to.equal(0);
    expect(trendExitCode(trendOf(series([100, 100]), options))).to.equal(2);
    expect(trendExitCode(trendOf([], options))).to.equal(2);
  });

  it("is written as JSON with the same bytes each time, infinite values as words", () => {
    const text = trendJson(trendOf(series([1, Infinity]), options));
    expect(text).to.equal(trendJson(trendOf(series([1, Infinity]), options)));
    expect(JSON.parse(text).rows[0].interval).to.include({ low: "-infinite", high: "infinite" });
  });

  it("raises a false alarm in at most one of twenty reports of runs without a change", () => {
    const random = new Random(3);
    let alarms = 0;
    const trials = 300;
    for (let trial = 0; trial < trials; trial++) {
      const runs = Array.from({ length: 10 }, (_, index) =>
        run(
          index,
          Array.from({ length: 6 }, (__, which) =>
            figure(100 * Math.exp(0.04 * random.normal()), { quantity: `q${which}` }),
          ),
        ),
      );
      if (trendOf(runs, options).rows.some(({ verdict }) => verdict === "worse" || verdict === "better"))
        alarms++;
    }
    // 5 % and three standard deviations of it.
    expect(alarms / trials).to.be.below(0.05 + 3 * Math.sqrt((0.05 * 0.95) / trials));
  });
});
