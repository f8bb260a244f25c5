import { expect } from "chai";
import type { Bench } from "./bench.ts";
import { distribution, type Distribution } from "./distribution.ts";
import type { Figures } from "./figures.ts";

/** Share of the asked that a delay may be off, and the least, ms (receipts' default). */
const SHARE = 0.05;
const LEAST_MS = 0.5;
/** The floor's share of what is asked beyond which the host is too noisy for the check to mean something. */
const MOST_NOISE = 0.2;

interface Subject {
  bench: Bench;
  figures: Figures;
}

/** Tests of when packets come: delay, asymmetry, jitter and its shapes, rate. `subject` is there when tests run. */
export function describeDelays(subject: () => Subject): void {
  let floor: Distribution;

  before(async function () {
    const { bench, figures } = subject();
    const { delays } = await bench.send({ count: 500, tickMs: 2 });
    floor = distribution(delays);
    figures.add("one-way delay, unimpaired: median", 0, floor.median, "ms");
    figures.add("one-way delay, unimpaired: p90 - p10", 0, floor.spread, "ms");
  });

  const measure = async (from: string, to: string): Promise<Distribution> => {
    const { bench } = subject();
    const sent = await bench.send({ count: 400, tickMs: 2 }, from, to);
    expect(sent.lost, "lost").to.equal(0);
    return distribution(sent.delays);
  };

  /** The median is what was asked beyond the floor; on a noisy host half of the floor's spread more or less. */
  const expectDelay = (measured: Distribution, askedMs: number, what: string): void => {
    const added = measured.median - floor.median;
    subject().figures.add(`one-way delay ${what}`, askedMs, added, "ms");
    const noise = floor.spread / 2;
    expect(noise, "the host is too noisy for this delay: half of the floor's spread").to.be.below(
      Math.max(LEAST_MS, askedMs * MOST_NOISE),
    );
    expect(added, what).to.be.closeTo(askedMs, Math.max(LEAST_MS, askedMs * SHARE) + noise);
  };

  for (const delayMs of [2, 12.5, 50, 200]) {
    it(`delays by ${delayMs} ms`, async () => {
      await subject().bench.apply({ delayMs });
      expectDelay(await measure("a", "b"), delayMs, "a -> b");
    });
  }

  it("delays each direction and peer by itself, and leaves other links alone", async () => {
    await subject().bench.wan.apply([
      { from: "a", to: "b", params: { delayMs: 10 } },
      { from: "b", to: "a", params: { delayMs: 40 } },
      { from: "c", to: "b", params: { delayMs: 25 } },
    ]);
    expectDelay(await measure("a", "b"), 10, "a -> b of asymmetric links");
    expectDelay(await measure("b", "a"), 40, "b -> a of asymmetric links");
    expectDelay(await measure("c", "b"), 25, "c -> b beside it");
    expectDelay(await measure("a", "c"), 0, "a -> c beside them");
  });

  const shapes = {
    normal: { skew: [-0.12, 0.12], tail: [2.9, 4.1] },
    uniform: { skew: [-0.12, 0.12], tail: [1.8, 2.3] },
    pareto: { skew: [0.5, 0.7], tail: [5.5, 9.5] },
  } as const;

  for (const [jitterShape, { skew, tail }] of Object.entries(shapes) as [
    keyof typeof shapes,
    (typeof shapes)[keyof typeof shapes],
  ][]) {
    it(`jitters in the ${jitterShape} shape with the sd asked for`, async () => {
      const { bench, figures } = subject();
      await bench.apply({ delayMs: 50, jitterMs: 10, jitterShape });
      const sent = await bench.send({ count: 3000, tickMs: 1 });
      expect(sent.lost).to.equal(0);
      const measured = distribution(sent.delays);
      // What the floor adds to the sd is taken out as its own: both are independent.
      const sd = Math.sqrt(measured.sd ** 2 - Math.min(measured.sd, floor.spread / 2.56) ** 2);
      figures.add(`jitter ${jitterShape}: sd`, 10, sd, "ms");
      figures.add(`jitter ${jitterShape}: skew`, skew.join(" to "), measured.skew);
      figures.add(`jitter ${jitterShape}: tail`, tail.join(" to "), measured.tail);
      // 3000 values: four standard errors are 5 % of a normal one's sd, and twice that with a heavy tail.
      expect(sd, "sd").to.be.closeTo(10, jitterShape === "pareto" ? 1.5 : 0.7);
      expect(measured.skew, "skew").to.be.within(skew[0], skew[1]);
      expect(measured.tail, "tail").to.be.within(tail[0], tail[1]);
    });
  }

  for (const bytes of [172, 1172]) {
    it(`lets packets of ${bytes + 28} bytes pass at the rate asked for, and drops what its queue has no room for`, async () => {
      const { bench, figures } = subject();
      const rateBps = bytes === 172 ? 500_000 : 2_000_000;
      await bench.apply({ rateBps });
      const before = await bench.counters();
      const count = bytes === 172 ? 1500 : 1000;
      const sent = await bench.send({ count, tickMs: 2, bytes });
      const after = await bench.counters();
      const [first, ...others] = sent.arrivals;
      const seconds = ((others.at(-1)?.atMs ?? 0) - (first?.atMs ?? 0)) / 1000;
      const achieved = (others.length * (bytes + 28) * 8) / seconds;
      figures.add(`rate with packets of ${bytes + 28} bytes`, rateBps / 1000, achieved / 1000, "kbit/s");
      expect(sent.lost, "the queue was full").to.be.above(0);
      expect(achieved).to.be.closeTo(rateBps, rateBps * 0.03);
      expect(after.lost + after.queueDrops - before.lost - before.queueDrops).to.equal(sent.lost);
      expect(Math.max(...sent.delays), "100 ms of queue").to.be.within(80, 140);
    });
  }
}
