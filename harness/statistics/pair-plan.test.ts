import { expect } from "chai";

import { ALL_PAIRS_UP_TO, LEAST_PAIRS, planPairs, thinPairs } from "./pair-plan.ts";

const machines = (count: number): string[] => Array.from({ length: count }, (_, index) => `m${index}`);
type Pairs = readonly (readonly [string, string])[];

const degrees = (pairs: Pairs): Map<string, number> => {
  const found = new Map<string, number>();
  for (const end of pairs.flat()) found.set(end, (found.get(end) ?? 0) + 1);
  return found;
};
const keys = (pairs: Pairs): string[] => pairs.map((pair) => [...pair].sort().join(" "));

/** Machines that can be reached from the first. */
const reached = (pairs: Pairs, from: string): Set<string> => {
  const seen = new Set([from]);
  for (let grown = -1; grown !== seen.size;) {
    grown = seen.size;
    for (const [one, other] of pairs) {
      if (seen.has(one)) seen.add(other);
      if (seen.has(other)) seen.add(one);
    }
  }
  return seen;
};

describe("the pairs of machines that are probed", () => {
  it("are all of them up to a limit, in the machines' order", () => {
    expect(planPairs(["a", "b", "c"], { seed: 1 })).to.deep.equal({
      pairs: [
        ["a", "b"],
        ["a", "c"],
        ["b", "c"],
      ],
      possible: 3,
      text: "",
    });
    const { pairs, text } = planPairs(machines(ALL_PAIRS_UP_TO), { seed: 1 });
    expect([pairs.length, text]).to.deep.equal([120, ""]);
    expect([planPairs([], { seed: 1 }).pairs, planPairs(["a"], { seed: 1 }).pairs]).to.deep.equal([[], []]);
  });

  for (const count of [17, 18, 50, 101, 1000])
    it(`of ${count} machines are ${LEAST_PAIRS} for each, each pair once, and join them all`, () => {
      for (const seed of [1, 2, 3]) {
        const all = machines(count);
        const { pairs, possible } = planPairs(all, { seed });
        expect(possible).to.equal((count * (count - 1)) / 2);
        expect(pairs).to.have.length((count * LEAST_PAIRS) / 2);
        expect([...degrees(pairs).values()].every((degree) => degree === LEAST_PAIRS)).to.equal(true);
        expect(new Set(keys(pairs)).size).to.equal(pairs.length);
        expect(pairs.every(([one, other]) => all.indexOf(one) < all.indexOf(other))).to.equal(true);
        if (count < 200) expect(reached(pairs, "m0").size).to.equal(count);
      }
    });

  it("are the same for the same seed, and others for another", () => {
    const of = (seed: number): string[] => keys(planPairs(machines(100), { seed }).pairs);
    expect(of(7)).to.deep.equal(of(7));
    expect(of(7)).to.not.deep.equal(of(8));
  });

  it("are every pair of a hub, and say which share of all is probed", () => {
    const all = machines(100);
    const { pairs, text } = planPairs(all, { seed: 1, hubs: ["m3"] });
    expect(degrees(pairs).get("m3")).to.equal(99);
    expect([...degrees(pairs).values()].every((degree) => degree >= LEAST_PAIRS)).to.equal(true);
    expect(pairs.length).to.be.at.most(400 + 99);
    expect(text).to.match(
      /^\d+ of 4950 pairs are probed \(\d\.?\d? %\): each machine in at least 8, and 1 of them in all$/,
    );
  });

  it("grow in proportion to machines, not with their square", () => {
    const of = (count: number): number => planPairs(machines(count), { seed: 1, hubs: ["m0"] }).pairs.length;
    expect(of(2000) / of(1000)).to.be.closeTo(2, 0.01);
  });
});

describe("a sample of given pairs", () => {
  const complete = planPairs(machines(16), { seed: 1 }).pairs;

  it("is all of them where they are few", () =>
    expect(thinPairs(complete, { seed: 1 })).to.deep.equal({ pairs: complete, possible: 120, text: "" }));

  it("leaves each machine its least, or all that it is in", () => {
    const all = machines(60);
    const pairs: [string, string][] = all.flatMap((one, index) =>
      all.slice(index + 1).map((other): [string, string] => [one, other]),
    );
    // One more machine that is in two pairs only.
    pairs.push(["m0", "lonely"], ["m1", "lonely"]);
    const thin = thinPairs(pairs, { seed: 1 });
    const found = degrees(thin.pairs);
    expect(found.get("lonely")).to.equal(2);
    expect(all.every((name) => found.get(name)! >= LEAST_PAIRS)).to.equal(true);
    expect(thin.pairs.length).to.be.below(61 * LEAST_PAIRS);
    expect(thin.text).to.match(/^\d+ of 1772 pairs are probed \(\d+ %\)/);
    expect(keys(thin.pairs)).to.deep.equal(keys(thinPairs(pairs, { seed: 1 }).pairs));
  });
});
