import { expect } from "chai";
import type { LinkParams } from "../../../harness/config/model.ts";
import { Direction } from "./direction.ts";
import { decodeParams, encodeParams, FIELDS_PER_DIRECTION, queueLimitBytes } from "./parameters.ts";
import { Random } from "../../../harness/statistics/random.ts";

interface Planned {
  arrived: number;
  releases: number[];
  queueFull: boolean;
}

/** Sends `count` packets, one every `gapMs`, and says what became of each. */
function send(params: LinkParams, count: number, gapMs = 1, seed = 1, bytes = 1500): Planned[] {
  const block = new Float64Array(FIELDS_PER_DIRECTION);
  encodeParams(params, block, 0);
  const direction = new Direction(block, 0, new Random(seed));
  return Array.from({ length: count }, (_, i) => {
    const arrived = i * gapMs;
    const copies = direction.plan(arrived, bytes);
    return {
      arrived,
      releases: [...direction.releases.subarray(0, Math.max(0, copies))],
      queueFull: copies < 0,
    };
  });
}

const delays = (planned: Planned[]): number[] =>
  planned.flatMap(({ arrived, releases }) => releases.map((release) => release - arrived));
const lossOf = (planned: Planned[]): number =>
  planned.filter(({ releases }) => releases.length === 0).length / planned.length;
const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const isSorted = (values: number[]): boolean => values.every((x, i) => i === 0 || x >= values[i - 1]!);
const fiveSd = (p: number, n: number): number => 5 * Math.sqrt((p * (1 - p)) / n);

describe("One direction of a link", () => {
  it("lets packets pass at once when nothing is asked", () => {
    expect(delays(send({}, 100))).to.deep.equal(Array(100).fill(0));
  });

  it("delays every packet by a constant, in order", () => {
    expect(delays(send({ delayMs: 12.5 }, 100))).to.deep.equal(Array(100).fill(12.5));
  });

  it("spreads the delay normally by the jitter", () => {
    const measured = delays(send({ delayMs: 12.5, jitterMs: 2.5 }, 50_000));
    const average = mean(measured);
    const sd = Math.sqrt(mean(measured.map((x) => (x - average) ** 2)));
    expect(average).to.be.closeTo(12.5, (5 * 2.5) / Math.sqrt(50_000));
    expect(sd).to.be.closeTo(2.5, (5 * 2.5) / Math.sqrt(100_000));
  });

  for (const jitterShape of ["pareto", "uniform"] as const) {
    it(`spreads the delay by the same sd where it is ${jitterShape}`, () => {
      const measured = delays(send({ delayMs: 12.5, jitterMs: 2.5, jitterShape }, 100_000));
      const average = mean(measured);
      const sd = Math.sqrt(mean(measured.map((x) => (x - average) ** 2)));
      expect(average).to.be.closeTo(12.5, (5 * 2.5) / Math.sqrt(100_000));
      expect(sd / 2.5).to.be.closeTo(1, 0.03);
      const [low, high] = jitterShape === "pareto" ? [-0.8208, 4] : [-Math.sqrt(3), Math.sqrt(3)];
      expect(Math.min(...measured.slice(0, 50_000))).to.be.closeTo(12.5 + 2.5 * low, 0.01);
      expect(Math.max(...measured.slice(0, 50_000))).to.be.closeTo(12.5 + 2.5 * high, 0.01);
    });
  }

  it("loses what is longer than the MTU, and nothing else", () => {
    expect(lossOf(send({ mtuBytes: 1280, duplicate: 1 }, 100, 1, 1, 1281))).to.equal(1);
    expect(lossOf(send({ mtuBytes: 1280 }, 100, 1, 1, 1280))).to.equal(0);
  });

  it("is never early: the delay is cut at 0", () => {
    const measured = delays(send({ delayMs: 1, jitterMs: 1 }, 50_000));
    expect(Math.min(...measured)).to.equal(0);
    // P(Z < -1) = 0.158655
    expect(measured.filter((x) => x === 0).length / 50_000).to.be.closeTo(0.158655, fiveSd(0.16, 50_000));
  });

  for (const loss of [0.002, 0.05, 0.5]) {
    it(`loses ${loss * 100} % of the packets, differently with every seed`, () => {
      const [one, two] = [1, 2].map((seed) => send({ loss }, 100_000, 1, seed));
      for (const planned of [one!, two!]) {
        expect(lossOf(planned)).to.be.closeTo(loss, fiveSd(loss, 100_000));
      }
      const both = one!.filter((packet, i) => packet.releases.length + two![i]!.releases.length === 0).length;
      expect(both / 100_000).to.be.closeTo(loss * loss, fiveSd(loss * loss, 100_000));
    });
  }

  it("loses all at loss 1 and none at 0", () => {
    expect(lossOf(send({ loss: 1 }, 1000))).to.equal(1);
    expect(lossOf(send({ loss: 0 }, 1000))).to.equal(0);
  });

  it("loses in bursts as Gilbert and Elliott say: share enter/(enter+leave), mean length 1/leave", () => {
    const planned = send({ burst: { enter: 0.01, leave: 0.2 } }, 200_000);
    const lost = planned.map(({ releases }) => releases.length === 0);
    const bursts = lost.filter((is, i) => is && !lost[i - 1]).length;
    expect(lossOf(planned)).to.be.closeTo(0.01 / 0.21, 0.006);
    expect(lost.filter(Boolean).length / bursts).to.be.closeTo(5, 0.5);
  });

  it("adds independent loss to bursty loss", () => {
    const expected = 1 - (1 - 0.05) * (1 - 0.01 / 0.21);
    const planned = send({ loss: 0.05, burst: { enter: 0.01, leave: 0.2 } }, 200_000);
    expect(lossOf(planned)).to.be.closeTo(expected, 0.006);
  });

  it("duplicates packets, and sends once what is both lost and duplicated", () => {
    const planned = send({ duplicate: 0.1 }, 50_000);
    const twice = planned.filter(({ releases }) => releases.length === 2).length / 50_000;
    expect(twice).to.be.closeTo(0.1, fiveSd(0.1, 50_000));
    expect(lossOf(send({ duplicate: 1, loss: 1 }, 100))).to.equal(0);
  });

  it("lets reordered packets skip the delay", () => {
    const measured = delays(send({ delayMs: 10, reorder: 0.25 }, 50_000));
    expect(new Set(measured)).to.deep.equal(new Set([0, 10]));
    expect(measured.filter((x) => x === 0).length / 50_000).to.be.closeTo(0.25, fiveSd(0.25, 50_000));
  });

  it("corrupts the share of packets asked for, in any bit", () => {
    const block = new Float64Array(FIELDS_PER_DIRECTION);
    encodeParams({ corrupt: 0.1 }, block, 0);
    const direction = new Direction(block, 0, new Random(5));
    const bits = Array.from({ length: 50_000 }, () => direction.corruptedBit(80)).filter((bit) => bit >= 0);
    expect(bits.length / 50_000).to.be.closeTo(0.1, fiveSd(0.1, 50_000));
    expect([Math.min(...bits), Math.max(...bits)]).to.deep.equal([0, 79]);
  });

  it("sends at the rate, queues up to its limit and drops the rest", () => {
    // 1.2 Mbit/s are 100 packets of 1500 bytes a second; 200 a second come.
    const rateBps = 1.2e6;
    const planned = send({ rateBps }, 2000, 5);
    const releases = planned.flatMap((packet) => packet.releases);
    const gaps = releases.slice(1).map((release, i) => release - releases[i]!);
    expect(gaps.every((gap) => Math.abs(gap - 10) < 1e-6)).to.equal(true);
    expect(planned.filter(({ queueFull }) => queueFull).length / 2000).to.be.closeTo(0.5, 0.02);
    expect(Math.max(...delays(planned)) * (rateBps / 8000)).to.be.at.most(queueLimitBytes(rateBps));
  });

  it("keeps the order at constant delay, and with jitter only if there is a rate (as netem does)", () => {
    const released = (params: LinkParams): number[] => send(params, 2000, 0.5).flatMap((p) => p.releases);
    expect(isSorted(released({ delayMs: 5 }))).to.equal(true);
    expect(isSorted(released({ delayMs: 5, jitterMs: 2 }))).to.equal(false);
    expect(isSorted(released({ delayMs: 5, jitterMs: 2, rateBps: 1e9 }))).to.equal(true);
  });

  it("keeps the order and every packet when the delay is lowered under way", () => {
    const block = new Float64Array(FIELDS_PER_DIRECTION);
    const direction = new Direction(block, 0, new Random(1));
    const released: number[] = [];
    for (let i = 0; i < 300; i++) {
      encodeParams({ delayMs: [50, 12.5, 0][Math.floor(i / 100)]! }, block, 0);
      expect(direction.plan(i, 100)).to.equal(1);
      released.push(direction.releases[0]!);
    }
    expect(isSorted(released)).to.equal(true);
    expect(released.at(-1)).to.equal(299);
  });
});

describe("The parameters in shared memory", () => {
  it("come back as they were written, without what impairs nothing", () => {
    const params: LinkParams = {
      delayMs: 2.08,
      jitterMs: 0.42,
      loss: 0.0003,
      burst: { enter: 0.01, leave: 0.3 },
      duplicate: 0.01,
      reorder: 0.02,
      corrupt: 0.03,
      rateBps: 20_000_000,
      jitterShape: "pareto",
      mtuBytes: 1280,
    };
    const block = new Float64Array(2 * FIELDS_PER_DIRECTION);
    encodeParams(params, block, FIELDS_PER_DIRECTION);
    expect(decodeParams(block, FIELDS_PER_DIRECTION)).to.deep.equal(params);
    encodeParams({ delayMs: 0 }, block, FIELDS_PER_DIRECTION);
    expect(decodeParams(block, FIELDS_PER_DIRECTION)).to.deep.equal({});
  });
});
