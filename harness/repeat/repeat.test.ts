import { expect } from "chai";

import { header } from "../record/testing.ts";
import { Random } from "../statistics/random.ts";
import type { Figure, RunFigures } from "../trend/model.ts";
import { firstSide } from "./evaluate.ts";
import { isDecided, REPEAT_SCHEMA, repeatExitCode, type RepeatPlan, type RepeatResult } from "./model.ts";
import { repeat } from "./repeat.ts";

const plan = (changes: Partial<RepeatPlan> = {}): RepeatPlan => ({
  schema: REPEAT_SCHEMA,
  ...{ suite: "functions", seed: 1, most: 20, budgetMs: 60_000, effect: 0.05, startedAt: 0 },
  base: { topology: "overlay", slow: {} },
  head: { topology: "overlay", slow: { fib: 0.2 } },
  ...changes,
});
const alone = (): RepeatPlan => {
  const { head: _head, ...rest } = plan();
  return rest;
};

const figure = (value: number, changes: Partial<Figure> = {}): Figure => ({
  quantity: "p50",
  scope: { phase: "steady", profile: "lcl", function: "fib", deviceClass: "pi3" },
  unit: "ms",
  worse: "higher",
  value,
  interval: undefined,
  n: 200,
  conditions: "",
  doubts: [],
  ...changes,
});

/** Runs whose times scatter by 3 % from run to run, and by what drifts over the hours; the head's are `factor` as long. */
function runs(
  factor: number,
  seed: number,
  changes: (side: string, at: number) => Partial<Figure> = () => ({}),
) {
  const random = new Random(seed);
  let at = 0;
  const order: string[] = [];
  const run = (side: "base" | "head"): Promise<RunFigures> => {
    order.push(side);
    const drift = 1 + 0.5 * (at++ / 40);
    const value = 20 * drift * Math.exp(0.03 * random.normal()) * (side === "head" ? factor : 1);
    const figures = [
      figure(value, changes(side, at)),
      figure(0.001 * random.next(), { quantity: "errors", unit: "share" }),
    ];
    return Promise.resolve({ folder: `${side}-${at}`, header, figures, broken: [] });
  };
  return { run, order };
}

const carryOut = (asked: RepeatPlan, made: ReturnType<typeof runs>, now = () => 0): Promise<RepeatResult> =>
  repeat({
    plan: asked,
    signal: new AbortController().signal,
    run: made.run,
    onRepetition: () => undefined,
    now,
  });

const verdictOf = ({ rows }: RepeatResult, quantity = "p50") =>
  rows.find((row) => row.quantity === quantity)?.verdict;

describe("repetitions", () => {
  it("find a function that is a fifth slower, and end as soon as that is known", async () => {
    const result = await carryOut(plan(), runs(1.2, 1));
    expect([verdictOf(result), verdictOf(result, "errors"), result.ended]).to.deep.equal([
      "worse",
      "same",
      "decided",
    ]);
    expect(result.repetitions.length).to.be.within(4, 15);
    const [row] = result.rows;
    expect(row!.interval!.low).to.be.within(0.05, 0.2);
    expect(row!.interval!.high).to.be.within(0.2, 0.4);
    expect(repeatExitCode(result)).to.equal(1);
  });

  it("raise no false alarm in a hundred series without a change, whenever they end", async () => {
    let wrong = 0;
    let same = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const verdict = verdictOf(await carryOut(plan(), runs(1, seed)));
      if (verdict === "worse" || verdict === "better") wrong++;
      if (verdict === "same") same++;
    }
    expect(wrong).to.equal(0);
    expect(same).to.be.at.least(40);
  });

  it("take the sides in turn, so that a drift is in both", async () => {
    const made = runs(1.2, 3);
    await carryOut(plan({ most: 4 }), made);
    expect(made.order).to.deep.equal(["base", "head", "head", "base", "base", "head", "head", "base"]);
    expect([firstSide(0), firstSide(1)]).to.deep.equal(["base", "head"]);
  });

  it("of one side end when its figures are known to the share that was asked for", async () => {
    const random = new Random(5);
    const run = (): Promise<RunFigures> =>
      Promise.resolve({
        ...{ folder: "run", header, broken: [] },
        figures: [figure(20 * Math.exp(0.02 * random.normal()))],
      });
    const result = await carryOut(alone(), { run, order: [] });
    expect([result.ended, verdictOf(result), repeatExitCode(result)]).to.deep.equal(["decided", "known", 0]);
    const { low, high } = result.rows[0]!.interval!;
    expect(Math.sqrt(high / low)).to.be.at.most(1.05);
    expect(low < 20 && 20 < high).to.equal(true);
  });

  it("end when the time or the repetitions are spent, and say what is open", async () => {
    let time = 0;
    const late = await carryOut(plan(), runs(1.04, 1), () => (time += 25_000));
    expect([late.ended, late.repetitions.length, repeatExitCode(late)]).to.deep.equal(["time spent", 2, 2]);
    const many = await carryOut(plan({ most: 5 }), runs(1.05, 1));
    expect([many.ended, many.rows.every(isDecided), repeatExitCode(many)]).to.deep.equal([
      "repetitions spent",
      false,
      2,
    ]);
  });

  it("count no run that is broken or doubtful, and say why", async () => {
    const busy = runs(1.2, 1, (side, at) => (at <= 8 ? { doubts: [`${side} on a busy host`] } : {}));
    const result = await carryOut(plan({ most: 8 }), busy);
    const row = result.rows.find(({ quantity }) => quantity === "p50")!;
    expect(row.n).to.equal(4);
    expect(row.reason).to.contain("on a busy host");
    const never = await carryOut(plan({ most: 3 }), runs(Infinity, 1));
    expect(never.rows.find(({ quantity }) => quantity === "p50")).to.include({
      n: 0,
      verdict: "inconclusive",
      reason: "something never happened",
    });
  });

  it("end at once when they are interrupted", async () => {
    const controller = new AbortController();
    const made = runs(1.2, 1);
    const result = await repeat({
      plan: plan(),
      signal: controller.signal,
      onRepetition: () => controller.abort(),
      run: made.run,
      now: () => 0,
    });
    expect([result.ended, result.repetitions.length, repeatExitCode(result)]).to.deep.equal([
      "interrupted",
      1,
      130,
    ]);
  });
});
