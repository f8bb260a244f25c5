import { expect } from "chai";

import { EdgeproofError } from "../errors.ts";
import { header } from "../record/testing.ts";
import { Random } from "../statistics/random.ts";
import type { Figure, RunFigures } from "../trend/model.ts";
import { compareGroups, lastAgainstEarlier } from "./compare-groups.ts";

const CLASSES = ["pi3", "pi4", "vm-medium"];

const figure = (changes: Partial<Figure>): Figure => ({
  quantity: "p50",
  scope: { phase: "fib", profile: "lcl", function: "fib", deviceClass: "pi3" },
  unit: "ms",
  worse: "higher",
  value: 20,
  interval: undefined,
  n: 200,
  conditions: "40/s spread, faults none",
  doubts: [],
  ...changes,
});

/** Runs whose host is some percent faster or slower in each, for all of it: what no single run can know. */
const runsOf = (
  count: number,
  seed: number,
  factor: number,
  changes: (run: number) => Partial<RunFigures> = () => ({}),
): RunFigures[] => {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, index) => {
    const host = Math.exp(0.05 * random.normal());
    const times = ["fib", "hello-world"].flatMap((fn) =>
      CLASSES.map((deviceClass) =>
        figure({
          scope: { phase: fn, profile: "lcl", function: fn, deviceClass },
          value: (fn === "fib" ? 20 * factor : 5) * host * Math.exp(0.02 * random.normal()),
        }),
      ),
    );
    return {
      folder: `run-${index}`,
      header: { ...header, id: `run-${seed}-${index}`, startedAt: 1000 * index + (factor > 1 ? 1e6 : 0) },
      figures: [...times, figure({ quantity: "errors", unit: "share", value: 0 })],
      broken: [],
      ...changes(index),
    };
  });
};

const options = { effect: 0.05 };
const verdicts = (base: RunFigures[], head: RunFigures[], fn: string) =>
  compareGroups(base, head, options)
    .comparisons.filter(({ scope, unit }) => scope.function === fn && unit === "ms")
    .map(({ verdict }) => verdict);

describe("many runs against many", () => {
  it("find a function that is a fifth slower in three runs, and the unchanged one not", () => {
    let found = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const [base, head] = [runsOf(12, seed, 1), runsOf(3, seed + 1000, 1.2)];
      if (verdicts(base, head, "fib").includes("worse")) found++;
      expect(verdicts(base, head, "hello-world")).to.not.include("worse");
    }
    expect(found).to.be.at.least(80);
  });

  it("raise no false alarm in a hundred reports of runs that scatter by 5 %", () => {
    let wrong = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const { comparisons } = compareGroups(runsOf(12, seed, 1), runsOf(3, seed + 1000, 1), options);
      if (comparisons.some(({ verdict }) => verdict === "worse" || verdict === "better")) wrong++;
    }
    expect(wrong).to.be.at.most(1);
  });

  it("give means, the change with its interval, and runs as samples", () => {
    const result = compareGroups(runsOf(12, 1, 1), runsOf(6, 2, 1.2), options);
    const row = result.comparisons.find(
      ({ scope }) => scope.function === "fib" && scope.deviceClass === "pi4",
    )!;
    expect(row.base).to.be.within(19, 21);
    expect(row.head).to.be.within(22.5, 25.5);
    expect(row.change).to.be.closeTo(row.head! / row.base! - 1, 1e-12);
    expect(row.interval!.low).to.be.within(0.05, 0.2);
    expect(row.samples).to.deep.equal({ base: 12, head: 6 });
    expect(result.base).to.equal("12 runs, run-1-0 to run-1-11");
    const errors = result.comparisons.find(({ quantity }) => quantity === "errors")!;
    expect([errors.verdict, errors.change, errors.p]).to.deep.equal(["same", 0, 1]);
  });

  it("decide nothing below three runs a side, and say how many there are", () => {
    const { comparisons } = compareGroups(runsOf(12, 1, 1), runsOf(2, 2, 2), options);
    for (const { verdict, reason } of comparisons)
      expect([verdict, reason]).to.deep.equal(["inconclusive", "head: 2 of at least 3 runs"]);
  });

  it("leave out what is broken, doubtful or under another load, and say so", () => {
    const broken = { figures: [], broken: [{ phase: undefined, reason: "the run was cut off" }] };
    const base = runsOf(6, 1, 1, (run) => (run === 0 ? broken : {}));
    base[1]!.figures[0]!.doubts.push("a busy host");
    base[2]!.figures[0]!.conditions = "20/s even, faults none";
    const result = compareGroups(base, runsOf(3, 2, 1.2), options);
    expect(result.unmatched).to.deep.equal(["left out: run-1-0: the run was cut off"]);
    const row = result.comparisons.find(
      ({ scope }) => scope.function === "fib" && scope.deviceClass === "pi3",
    )!;
    expect(row.samples).to.deep.equal({ base: 3, head: 3 });
    expect(row.reason).to.contain("left out of base: run-1-1 (a busy host)");
    expect(row.reason).to.contain(
      "run-1-2 (measured under 20/s even, faults none; the last under 40/s spread, faults none)",
    );
    const none = compareGroups(
      runsOf(3, 1, 1, () => broken),
      runsOf(3, 2, 1),
      options,
    );
    expect(none.broken).to.deep.equal(["base: no run of it counts"]);
  });

  it("take a share of what went well by what is missing of it, and refuse runs of several suites", () => {
    const goodput = (value: number) => () => ({
      figures: [figure({ quantity: "goodput", unit: "share", worse: "lower", value })],
    });
    const random = new Random(1);
    const base = runsOf(4, 1, 1, () => goodput(1 - 0.001 * random.next())());
    const head = runsOf(4, 2, 1, () => goodput(0.9 - 0.001 * random.next())());
    const [row] = compareGroups(base, head, options).comparisons;
    expect([row!.quantity, row!.verdict]).to.deep.equal(["missing goodput", "worse"]);
    const other = runsOf(3, 2, 1, () => ({ header: { ...header, suite: "other" } }));
    expect(() => compareGroups(base, other, options)).to.throw(EdgeproofError, "runs of different suites");
  });
});

describe("the last runs of a series", () => {
  const series = (seed: number, before: number, after: number, factor: number): RunFigures[] => [
    ...runsOf(before, seed, 1),
    ...runsOf(after, seed + 1000, factor).map((one, index) => ({
      ...one,
      header: { ...one.header, startedAt: 1e9 + index },
    })),
  ];
  const worseOf = (found: ReturnType<typeof lastAgainstEarlier>): string[] =>
    (found?.comparisons ?? []).flatMap(({ verdict, scope }) => (verdict === "worse" ? [scope.function] : []));

  it("show a step where it was, and not in what did not change", () => {
    let found = 0;
    for (let seed = 1; seed <= 50; seed++) {
      const result = lastAgainstEarlier(series(seed, 12, 6, 1.2), options);
      const worse = worseOf(result);
      expect(worse).to.not.include("hello-world");
      if (worse.includes("fib")) found++;
    }
    expect(found).to.be.at.least(45);
    expect(lastAgainstEarlier(series(1, 12, 6, 1.2), options)!.head).to.match(/^6 runs/);
  });

  it("raise a false alarm in at most one of twenty series without a change, at whatever length", () => {
    let wrong = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const result = lastAgainstEarlier(series(seed, 12, 6, 1), options)!;
      if (result.comparisons.some(({ verdict }) => verdict === "worse" || verdict === "better")) wrong++;
    }
    expect(wrong).to.be.at.most(5);
  });

  it("are not known below six runs", () => {
    expect(lastAgainstEarlier(runsOf(5, 1, 1), options)).to.equal(undefined);
    expect(lastAgainstEarlier(runsOf(6, 1, 1), options)!.head).to.match(/^3 runs/);
  });
});
