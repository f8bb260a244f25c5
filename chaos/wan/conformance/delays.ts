import { expect } from "chai";
import type { Bench, Sent } from "./bench.ts";
import { distribution, type Distribution } from "./distribution.ts";
import type { Figures } from "./figures.ts";
import { HostTooBusy, whenQuiet } from "./when-quiet.ts";

/** Share of the asked that a delay may be off, and the least, ms (receipts' default). */
const SHARE = 0.05;
const LEAST_MS = 0.5;
/** Uncertainty beyond this share of what is asked makes a check mean nothing. */
const MOST_UNCERTAIN = 0.2;

const JITTER_MS = 20;
/** p90 - p10 of the unimpaired link, ms, beside at least 40 of the one with jitter: it moves the sd by 2 %. */
const MOST_FLOOR_MS = 8;

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
  normal: { spread: 2.563, skew: [-0.12, 0.12], tail: [2.2, 2.7], tolerance: 0.07 },
  uniform: { spread: 2.771, skew: [-0.12, 0.12], tail: [1.7, 1.95], tolerance: 0.07 },
  // Exponent 3, cut 4 sd above its mean; four standard errors of its p90 at 3000 values.
  pareto: { spread: 1.977, skew: [0.5, 0.7], tail: [3, 4], tolerance: 0.15 },
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
    if (uncertain > Math.max(LEAST_MS, askedMs * MOST_UNCERTAIN))
      throw new HostTooBusy(`the host is too busy to measure ${askedMs} ms: +- ${uncertain.toFixed(2)} ms`);
    const figure = `${added.toFixed(3)} ms on a floor of ${floor.median.toFixed(3)} ms`;
    subject().figures.add(
      `one-way delay ${what}`,
      `${askedMs} ms`,
      `${figure}, +- ${uncertain.toFixed(3)} ms`,
    );
    expect(added, what).to.be.closeTo(askedMs, Math.max(LEAST_MS, askedMs * SHARE) + uncertain);
  };

  for (const delayMs of [2, 12.5, 50, 200]) {
    it(`delays by ${delayMs} ms`, function () {
      return whenQuiet(this, async () => {
        await subject().bench.apply({ delayMs });
        const count = delayMs < 10 ? 2000 : 300;
        expectDelay(await measure("a", "b", "c", count), delayMs, "a -> b");
      });
    });
  }

  it("delays each direction and peer by itself, and leaves other links alone", function () {
    return whenQuiet(this, async () => {
      await subject().bench.wan.apply([
        { from: "a", to: "b", params: { delayMs: 10 } },
        { from: "b", to: "a", params: { delayMs: 40 } },
        { from: "c", to: "b", params: { delayMs: 25 } },
      ]);
      expectDelay(await measure("a", "b", "c"), 10, "a -> b of asymmetric links");
      expectDelay(await measure("b", "a", "c"), 40, "b -> a of asymmetric links");
      expectDelay(await measure("c", "b", "a"), 25, "c -> b beside them");
    });
  });

  for (const shape of ["normal", "uniform", "pareto"] as const) {
    it(`jitters in the ${shape} shape with the sd asked for`, function () {
      return whenQuiet(this, async () => {
        const { bench, figures } = subject();
        const expected = SHAPES[shape];
        await bench.apply({ delayMs: 4 * JITTER_MS, jitterMs: JITTER_MS, jitterShape: shape });
        const { link, floor } = await measure("a", "b", "c", 3000);
        if (floor.spread > MOST_FLOOR_MS)
          throw new HostTooBusy(
            `the host is too busy to measure jitter: it adds ${floor.spread.toFixed(1)} ms`,
          );
        // Both are independent of each other: their squares add up.
        const sd = Math.sqrt(link.spread ** 2 - floor.spread ** 2) / expected.spread;
        figures.add(`jitter, ${shape}: sd`, JITTER_MS, sd, "ms");
        figures.add(`jitter, ${shape}: skew`, expected.skew.join(" to "), link.skew);
        figures.add(`jitter, ${shape}: tail`, expected.tail.join(" to "), link.tail);
        expect(sd, "sd").to.be.closeTo(JITTER_MS, JITTER_MS * expected.tolerance);
        expect(link.skew, "skew").to.be.within(expected.skew[0], expected.skew[1]);
        expect(link.tail, "tail").to.be.within(expected.tail[0], expected.tail[1]);
      });
    });
  }

  for (const { bytes, rateBps } of [
    { bytes: 200, rateBps: 500_000 },
    { bytes: 1200, rateBps: 2_000_000 },
  ]) {
    it(`lets packets of ${bytes} bytes pass at the rate asked for, and drops what its queue has no room for`, function () {
      return whenQuiet(this, async () => {
        const { bench, figures } = subject();
        await bench.apply({ rateBps });
        const before = await bench.counters();
        const datagrams = { count: 1500, perTick: 2, tickMs: 3, bytes: bytes - 28 };
        const [sent, beside] = (await bench.sendToEach(datagrams, "a", ["b", "c"])) as [Sent, Sent];
        const { spread } = distribution(beside.delays);
        if (spread > MOST_FLOOR_MS)
          throw new HostTooBusy(
            `the host is too busy to keep a queue filled: its delays vary by ${spread.toFixed(1)} ms`,
          );
        const after = await bench.counters();
        const achieved = (bytes * 8) / (sent.meanGapWhenQueuedMs / 1000);
        figures.add(`rate with packets of ${bytes} bytes`, rateBps / 1000, achieved / 1000, "kbit/s");
        expect(sent.lost, "the queue was full").to.be.above(0);
        expect(achieved).to.be.closeTo(rateBps, rateBps * 0.03);
        expect(after.lost + after.queueDrops - before.lost - before.queueDrops).to.equal(sent.lost);
      });
    });
  }
}
