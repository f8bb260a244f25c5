import { expect } from "chai";
import fc from "fast-check";

import { disjointRounds, measuredCounts, measuredRounds } from "./pairs.ts";
import { bandwidthOf, largestPassing, overlayCost, pingFigures } from "./path-figures.ts";

const pings = (...rtts: (number | undefined)[]) => rtts.map((rttMs, sequence) => ({ sequence, rttMs }));

describe("The figures of a path", () => {
  it("are median round trip, jitter of pings that follow each other, and loss", () => {
    const { rttMs, jitterMs, loss } = pingFigures(pings(10, 12, undefined, 30, 31, 10, 12, 11, 10, 12));
    expect(rttMs?.value).to.equal(12);
    // 2, then nothing across the loss, then 1, 21, 2, 1, 1, 2.
    expect(jitterMs).to.deep.equal({ value: 2, low: 1, high: 21, n: 7 });
    expect(loss?.value).to.equal(0.1);
    // R: binom.test(1, 10).
    expect(loss?.low).to.be.closeTo(0.002529, 1e-6);
    expect(loss?.high).to.be.closeTo(0.445016, 1e-6);
  });

  it("are absent where nothing came back, but for the loss", () => {
    const { rttMs, jitterMs, loss } = pingFigures(pings(undefined, undefined));
    expect([rttMs, jitterMs, loss?.value, loss?.high]).to.deep.equal([undefined, undefined, 1, 1]);
    expect(pingFigures([])).to.deep.equal({});
  });

  it("show the overlay's cost from pings with the same number alone", () => {
    expect(overlayCost(pings(10, undefined, 20, 30), pings(11, 99, 22, undefined))).to.deep.equal({
      value: 1,
      n: 2,
    });
    expect(overlayCost([], pings(1))).to.equal(undefined);
  });

  it("give bits a second of what came down", () => {
    expect(bandwidthOf([{ bytes: 125_000, ms: 10 }])?.value).to.equal(100e6);
    expect(bandwidthOf([{ bytes: 1, ms: 0 }])).to.equal(undefined);
  });

  it("find the largest packet whatever the guess, and in two tries where it is right", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 500, max: 9000 }),
        fc.integer({ min: 400, max: 9100 }),
        async (mtu, guess) => {
          const found = await largestPassing({ low: 576, high: 9000, guess }, (size) =>
            Promise.resolve(size <= mtu),
          );
          expect(found).to.equal(mtu < 576 ? undefined : mtu);
        },
      ),
      { numRuns: 200 },
    );
    const tried: number[] = [];
    await largestPassing({ low: 576, high: 9000, guess: 1300 }, (size) => {
      tried.push(size);
      return Promise.resolve(size <= 1300);
    });
    expect(tried).to.deep.equal([1300, 1301]);
  });
});

describe("Rounds of pairs", () => {
  it("have every pair once, and no machine twice in a round", () => {
    for (let count = 0; count < 12; count++) {
      const machines = Array.from({ length: count }, (_, index) => index);
      const rounds = disjointRounds(machines);
      const pairs = rounds.flat().map((pair) => [...pair].sort((a, b) => a - b).join());
      expect(new Set(pairs).size)
        .to.equal(pairs.length)
        .and.to.equal((count * (count - 1)) / 2);
      for (const round of rounds) expect(new Set(round.flat()).size).to.equal(round.length * 2);
      if (count > 1) expect(rounds).to.have.length(count - 1 + (count % 2));
    }
  });

  it("are all of up to 16 machines, and a sample of more, never two of one machine in a round", () => {
    for (const count of [0, 1, 2, 5, 16, 17, 60, 200]) {
      const { rounds, text } = measuredRounds(Array.from({ length: count }, (_, index) => index));
      const counts = measuredCounts(count);
      expect(rounds.flat(), String(count)).to.have.length(counts.pairs);
      expect(rounds.length).to.be.at.most(counts.rounds);
      for (const round of rounds) expect(new Set(round.flat()).size).to.equal(round.length * 2);
      expect(text === "").to.equal(count <= 16);
    }
  });
});
