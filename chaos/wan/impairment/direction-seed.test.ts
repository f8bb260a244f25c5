import { expect } from "chai";
import { Random } from "../../../harness/statistics/random.ts";
import { directionSeed } from "./direction-seed.ts";

const draws = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.next());

describe("The random numbers of a direction", () => {
  it("are the same for the same seed and direction", () => {
    const seed = directionSeed(7, "a", "b");
    expect(draws(new Random(seed), 5)).to.deep.equal(draws(new Random(directionSeed(7, "a", "b")), 5));
  });

  it("differ between directions and between runs", () => {
    const seeds = [1, 2, 3].flatMap((run) =>
      ["a", "b", "c"].flatMap((from) => ["a", "b", "c"].map((to) => directionSeed(run, from, to))),
    );
    expect(new Set(seeds.map((seed) => draws(new Random(seed), 3).join())).size).to.equal(27);
  });

  it("are uncorrelated between the directions of a link", () => {
    const there = draws(new Random(directionSeed(1, "a", "b")), 20_000);
    const back = draws(new Random(directionSeed(1, "b", "a")), 20_000);
    const covariance = there.reduce((sum, x, i) => sum + (x - 0.5) * (back[i]! - 0.5), 0) / there.length;
    // The sd of the correlation of independent series is 1/sqrt(n); 5 sd.
    expect(Math.abs(covariance * 12)).to.be.below(5 / Math.sqrt(there.length));
  });

  it("are uniform, and normal where asked", () => {
    const random = new Random(99);
    const uniform = draws(random, 100_000);
    expect(mean(uniform)).to.be.closeTo(0.5, 5 / Math.sqrt(12 * 100_000));
    const normal = Array.from({ length: 100_000 }, () => random.normal());
    expect(mean(normal)).to.be.closeTo(0, 5 / Math.sqrt(100_000));
    expect(mean(normal.map((x) => x * x))).to.be.closeTo(1, 5 * Math.sqrt(2 / 100_000));
    const beyond = normal.filter((x) => Math.abs(x) > 1.959964).length / normal.length;
    expect(beyond).to.be.closeTo(0.05, 5 * Math.sqrt((0.05 * 0.95) / 100_000));
  });
});

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
