import { expect } from "chai";

import { Random } from "../statistics/random.ts";
import {
  ensureSearchable,
  type Search,
  searchEdge,
  type SearchPlan,
  type TrialOutcome,
} from "./edge-search.ts";

const PLAN: SearchPlan = {
  low: 40,
  high: 90,
  resolution: 2,
  whole: false,
  budget: 120,
  cap: 13,
  confidence: 0.95,
};

const SIMULATIONS = 200;

interface Simulated {
  search: Search;
  trials: TrialOutcome[];
  /** Where the share is one half. */
  truth: number;
}

type Shape = (distance: number) => number;

/** One sweep of an edge at a place that the seed chooses, `shape` giving the share by the distance from it. */
function simulate(seed: number, shape: Shape, plan: SearchPlan = PLAN): Simulated {
  const random = new Random(seed);
  const truth = plan.low + (plan.high - plan.low) * (0.1 + 0.8 * random.next());
  const trials: TrialOutcome[] = [];
  let search = searchEdge(plan, trials);
  while (search.next !== undefined) {
    const x = search.next;
    trials.push({ x, ok: random.next() < shape(x - truth) });
    search = searchEdge(plan, trials);
  }
  return { search, trials, truth };
}

const simulations = (shape: Shape, plan?: SearchPlan): Simulated[] =>
  Array.from({ length: SIMULATIONS }, (_, seed) => simulate(seed + 1, shape, plan));

const holds = ({ search: { bracket }, truth }: Simulated): boolean =>
  bracket !== undefined && bracket.low <= truth && truth <= bracket.high;

const width = ({ search: { bracket } }: Simulated): number => (bracket ? bracket.high - bracket.low : 0);

const logistic =
  (scale: number): Shape =>
  (distance) =>
    1 / (1 + Math.exp(distance / scale));

const shapes: Record<string, Shape> = {
  "a step": (distance) => (distance < 0 ? 1 : 0),
  // 95 % at -2 ms, 24 % at +0.5 ms, as in knative/serving issue 14202.
  "an edge of some ms": logistic(0.5),
  "a shallow edge": logistic(4),
  "an edge with 5 % of lapses on both sides": (distance) => (distance < 0 ? 0.95 : 0.05),
  "an edge from 90 %": (distance) => 0.9 * logistic(0.1)(distance) + 0.02,
  "a rising edge": (distance) => logistic(0.7)(-distance),
};

describe("the search for an edge", () => {
  for (const [name, shape] of Object.entries(shapes))
    it(`of ${name} states intervals that hold as often as stated, within the budget`, () => {
      const all = simulations(shape);
      const stated = all.filter(({ search }) => search.bracket !== undefined);
      expect(stated.length).to.be.above(0.75 * SIMULATIONS);
      // The truth that the shapes with lapses cross one half at is within 0.03 of the place of the step.
      expect(stated.filter(holds).length / stated.length).to.be.at.least(PLAN.confidence);
      for (const { trials } of all) expect(trials.length).to.be.at.most(PLAN.budget);
    });

  it("finds a step to the resolution with the least that its two ends and five halvings take", () => {
    for (const one of simulations(shapes["a step"]!)) {
      expect(one.search.ending).to.equal("found");
      expect(width(one)).to.be.at.most(PLAN.resolution);
      expect(one.trials).to.have.length(7 * 8);
    }
  });

  it("finds most edges with lapses to the resolution", () => {
    const found = simulations(shapes["an edge with 5 % of lapses on both sides"]!).filter(
      ({ search }) => search.ending === "found",
    );
    expect(found.length).to.be.above(0.8 * SIMULATIONS);
  });

  it("says in which direction success goes", () => {
    expect(simulate(1, shapes["a step"]!).search.direction).to.equal("falls");
    expect(simulate(1, (distance) => (distance < 0 ? 0 : 1)).search.direction).to.equal("rises");
  });

  it("ends after both ends where there is no edge", () => {
    for (const share of [0.02, 0.98]) {
      const { search, trials } = simulate(1, () => share);
      expect(search.ending).to.equal("no-edge");
      expect(search.points.map(({ x }) => x)).to.deep.equal([40, 90]);
      expect(search.bracket).to.equal(undefined);
      expect(trials.length).to.be.at.most(4 * PLAN.cap);
    }
  });

  it("seldom states an edge where half of all trials succeed everywhere", () => {
    const stated = simulations(() => 0.5).filter(({ search }) => search.bracket !== undefined);
    expect(stated.length / SIMULATIONS).to.be.at.most(1 - PLAN.confidence);
  });

  it("stops within a budget that is too small, with what it has", () => {
    const { search, trials } = simulate(1, shapes["a step"]!, { ...PLAN, budget: 30 });
    expect([search.ending, trials.length]).to.deep.equal(["out-of-trials", 30]);
    expect(search.bracket).to.not.equal(undefined);
    const none = simulate(1, shapes["a step"]!, { ...PLAN, budget: 10 }).search;
    expect([none.ending, none.bracket]).to.deep.equal(["out-of-trials", undefined]);
  });

  it("goes on where it stopped when the budget grows, and gives the same for the same trials", () => {
    const whole = simulate(7, shapes["an edge of some ms"]!);
    const half = whole.trials.slice(0, 41);
    expect(searchEdge(PLAN, half).next).to.equal(whole.trials[41]?.x);
    expect(searchEdge({ ...PLAN, budget: 41 }, half).next).to.equal(undefined);
    expect(searchEdge(PLAN, whole.trials)).to.deep.equal(whole.search);
    expect(simulate(7, shapes["an edge of some ms"]!)).to.deep.equal(whole);
  });

  it("tries no value again once it is decided, and all of a point in a row", () => {
    const { trials } = simulate(3, shapes["a step"]!);
    const changes = trials.filter(({ x }, index) => x !== trials[index - 1]?.x);
    expect(changes).to.have.length(new Set(trials.map(({ x }) => x)).size);
  });

  it("tries whole numbers only where nothing else is possible", () => {
    const plan = { ...PLAN, low: 1, high: 40, resolution: 1, whole: true };
    const { search, trials } = simulate(2, shapes["a step"]!, plan);
    expect(search.ending).to.equal("found");
    expect(trials.every(({ x }) => Number.isInteger(x))).to.equal(true);
  });

  it("refuses a cap at which no point could be decided, and says which could", () => {
    expect(() => ensureSearchable({ ...PLAN, cap: 5 })).to.throw(/5 trials of a point decide nothing/);
    expect(() => ensureSearchable({ ...PLAN, cap: 8 })).to.not.throw();
  });
});
