import { expect } from "chai";
import type { Bench } from "./bench.ts";
import { distribution, type Distribution } from "./distribution.ts";
import type { Figures } from "./figures.ts";

/** Share of the asked that a delay may be off, and the least, ms (receipts' default). */
const SHARE = 0.05;
const LEAST_MS = 0.5;
/** Uncertainty beyond this share of what is asked makes a check mean nothing: it fails and says so. */
const MOST_UNCERTAIN = 0.2;

interface Subject {
  bench: Bench;
  figures: Figures;
}

interface Measured {
  link: Distribution;
  /** An unimpaired link from the same machine, by datagrams sent at the same moments. */
  floor: Distribution;
}

/** p90 - p10 in standard deviations, and what the other figures of a shape have to be. */
const SHAPES = {
  normal: { spread: 2.563, skew: [-0.12, 0.12], tail: [2.9, 4.1], tolerance: 0.07 },
  uniform: { spread: 2.771, skew: [-0.12, 0.12], tail: [1.8, 2.3], tolerance: 0.07 },
  // Of index 3, as in iproute2; four standard errors of its p90 at 3000 values.
  pareto: { spread: 1.291, skew: [0.5, 0.7], tail: [5.5, 9.5], tolerance: 0.15 },
} as const;

/** Tests of when packets come: delay, asymmetry, jitter and its shapes, rate. `subject` is there when tests run. */
export function describeDelays(subject: () => Subject): void {
  const measure = async (from: string, to: string, floorTo: string, count = 300): Promise<Measured> => {
    const { bench } = subject();
    const [link, floor] = await bench.sendToEach({ count, tickMs: 3 }, from, [to, floorTo]);
    expect([link?.lost, floor?.lost], "lost").to.deep.equal([0, 0]);
    return { link: distribution(link!.delays), floor: distribution(floor!.delays) };
  };

  const expectDelay = ({ link, floor }: Measured, askedMs: number, what: string): void => {
    const added = link.median - floor.median;
    const uncertain = link.uncertainty + floor.uncertainty;
    const figure = `${added.toFixed(3)} ms on a floor of ${floor.median.toFixed(3)} ms`;
    subject().figures.add(
      `one-way delay ${what}`,
      `${askedMs} ms`,
      `${figure}, +- ${uncertain.toFixed(3)} ms`,
    );
    expect(uncertain, "the host is too busy to measure this delay: ms of uncertainty").to.be.below(
      Math.max(LEAST_MS, askedMs * MOST_UNCERTAIN),
    );
    expect(added, what).to.be.closeTo(askedMs, Math.max(LEAST_MS, askedMs * SHARE) + uncertain);
  };

  for (const delayMs of [2, 12.5, 50, 200]) {
    it(`delays by ${delayMs} ms`, async () => {
      await subject().bench.apply({ delayMs });
      expectDelay(await measure("a", "b", "c"), delayMs, "a -> b");
    });
  }

  it("delays each direction and peer by itself, and leaves other links alone", async () => {
    await subject().bench.wan.apply([
      { from: "a", to: "b", params: { delayMs: 10 } },
      { from: "b", to: "a", params: { delayMs: 40 } },
      { from: "c", to: "b", params: { delayMs: 25 } },
    ]);
    expectDelay(await measure("a", "b", "c"), 10, "a -> b of asymmetric links");
    expectDelay(await measure("b", "a", "c"), 40, "b -> a of asymmetric links");
    expectDelay(await measure("c", "b", "a"), 25, "c -> b beside them");
  });

  for (const shape of ["normal", "uniform", "pareto"] as const) {
    it(`jitters in the ${shape} shape with the sd asked for`, async () => {
      const { bench, figures } = subject();
      const expected = SHAPES[shape];
      await bench.apply({ delayMs: 80, jitterMs: 20, jitterShape: shape });
      const { link, floor } = await measure("a", "b", "c", 3000);
      expect(
        floor.spread,
        "the host is too busy to measure this jitter: spread of the floor, ms",
      ).to.be.below(10);
      // Both are independent of each other: their squares add up.
      const sd = Math.sqrt(link.spread ** 2 - floor.spread ** 2) / expected.spread;
      figures.add(`jitter, ${shape}: sd`, 20, sd, "ms");
      figures.add(`jitter, ${shape}: skew`, expected.skew.join(" to "), link.skew);
      figures.add(`jitter, ${shape}: tail`, expected.tail.join(" to "), link.tail);
      expect(sd, "sd").to.be.closeTo(20, 20 * expected.tolerance);
      expect(link.skew, "skew").to.be.within(expected.skew[0], expected.skew[1]);
      expect(link.tail, "tail").to.be.within(expected.tail[0], expected.tail[1]);
    });
  }

  for (const { bytes, rateBps } of [
    { bytes: 200, rateBps: 500_000 },
    { bytes: 1200, rateBps: 2_000_000 },
  ]) {
    it(`lets packets of ${bytes} bytes pass at the rate asked for, and drops what its queue has no room for`, async () => {
      const { bench, figures } = subject();
      await bench.apply({ rateBps });
      const before = await bench.counters();
      const sent = await bench.send({ count: 1500, perTick: 2, tickMs: 3, bytes: bytes - 28 });
      const after = await bench.counters();
      const [first, ...others] = sent.arrivals;
      const seconds = ((others.at(-1)?.atMs ?? 0) - (first?.atMs ?? 0)) / 1000;
      const achieved = (others.length * bytes * 8) / seconds;
      figures.add(`rate with packets of ${bytes} bytes`, rateBps / 1000, achieved / 1000, "kbit/s");
      expect(sent.lost, "the queue was full").to.be.above(0);
      expect(achieved).to.be.closeTo(rateBps, rateBps * 0.03);
      expect(after.lost + after.queueDrops - before.lost - before.queueDrops).to.equal(sent.lost);
    });
  }
}
