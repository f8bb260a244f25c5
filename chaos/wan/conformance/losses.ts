import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { clopperPearson } from "../../probe/statistics.ts";
import type { Bench } from "./bench.ts";
import { distribution } from "./distribution.ts";
import type { Figures } from "./figures.ts";

/** One false alarm in ten thousand runs of a check. */
const ALPHA = 1e-4;
const ETHERNET_ADDRESS_BYTES = 6;

interface Subject {
  bench: Bench;
  figures: Figures;
}

/** Tests of which packets come, how often and in which order. `subject` is there when tests run. */
export function describeLosses(subject: () => Subject): void {
  /** Whether `events` of `trials` can be of a share between `low` and `high`; `effective` trials if not independent. */
  const expectShare = (
    what: string,
    { events, trials, effective = trials }: { events: number; trials: number; effective?: number },
    low: number,
    high = low,
  ): void => {
    const share = events / trials;
    const interval = clopperPearson(share * effective, effective, ALPHA);
    const asked = low === high ? `${100 * low}` : `${(100 * low).toFixed(1)} to ${100 * high}`;
    subject().figures.add(what, asked, 100 * share, "%");
    expect(interval.high, `${what}: ${events} of ${trials}`).to.be.at.least(low);
    expect(interval.low, `${what}: ${events} of ${trials}`).to.be.at.most(high);
  };

  it("loses the share asked for, and counts it", async () => {
    const { bench } = subject();
    await bench.apply({ loss: 0.05 });
    const before = await bench.counters();
    const sent = await bench.send({ count: 4000 });
    const after = await bench.counters();
    expectShare("loss", { events: sent.lost, trials: sent.count }, 0.05);
    expect(after.packets - before.packets).to.equal(4000);
    expect(after.lost - before.lost).to.equal(sent.lost);
    expect(after.queueDrops - before.queueDrops).to.equal(0);
  });

  it("loses in bursts of the length asked for", async () => {
    const { bench, figures } = subject();
    const burst = { enter: 0.02, leave: 0.25 };
    await bench.apply({ burst });
    const sent = await bench.send({ count: 5000 });
    const share = burst.enter / (burst.enter + burst.leave);
    // Variance of a two-state chain's mean over that of independent draws, with its correlation 1 - enter - leave.
    const correlation = 1 - burst.enter - burst.leave;
    const effective = (sent.count * (1 - correlation)) / (1 + correlation);
    expectShare("bursty loss", { events: sent.lost, trials: sent.count, effective }, share);
    const { bursts } = sent;
    const mean = bursts.reduce((sum, length) => sum + length, 0) / bursts.length;
    const error = Math.sqrt(1 - burst.leave) / burst.leave / Math.sqrt(bursts.length);
    figures.add("bursty loss: mean burst", 1 / burst.leave, mean, "packets");
    expect(mean).to.be.closeTo(1 / burst.leave, 4 * error);
  });

  it("duplicates the share asked for", async () => {
    const { bench } = subject();
    await bench.apply({ delayMs: 5, duplicate: 0.1 });
    const sent = await bench.send({ count: 2000, perTick: 1 });
    expect(sent.lost).to.equal(0);
    const events = sent.arrivals.length - sent.count;
    expectShare("duplicates", { events, trials: sent.count }, 0.1);
    await bench.wan.clear();
    expect((await bench.send({ count: 200 })).arrivals).to.have.length(200);
  });

  it("lets the share asked for skip the delay, and so come before others", async () => {
    const { bench } = subject();
    await bench.apply({ delayMs: 60, reorder: 0.25 });
    const sent = await bench.send({ count: 1500, tickMs: 2 });
    expect(sent.lost).to.equal(0);
    const early = sent.delays.filter((delay) => delay < 40).length;
    expectShare("reordered", { events: early, trials: sent.count }, 0.25);
    const overtaken = sent.arrivals.filter(
      ({ number }, index) => number < (sent.arrivals[index - 1]?.number ?? 0),
    );
    expect(overtaken.length).to.be.above(50);
  });

  it("corrupts the share asked for, which then fails a checksum and counts as no loss of the link", async () => {
    const { bench } = subject();
    await bench.apply({ corrupt: 0.2 });
    const before = await bench.counters();
    const bytes = 100;
    const sent = await bench.send({ count: 2000, bytes });
    const after = await bench.counters();
    // netem flips a bit of the frame: one in its sender's address does no harm.
    const harmless = ETHERNET_ADDRESS_BYTES / (14 + 28 + bytes);
    expectShare("corrupted", { events: sent.lost, trials: sent.count }, 0.2 * (1 - harmless), 0.2);
    expect(after.lost - before.lost).to.equal(0);
  });

  it("lets nothing longer than the MTU pass, and no ICMP message tells of it", async () => {
    const { bench, figures } = subject();
    await bench.apply({ mtuBytes: 1300 });
    const before = await bench.counters();
    const through = async (bytes: number): Promise<number> =>
      (await bench.send({ count: 50, bytes: bytes - 28 })).arrivals.length;
    const passed = { "1300": await through(1300), "1301": await through(1301), "1500": await through(1500) };
    figures.add(
      "of 50 packets of 1300, 1301 and 1500 bytes at MTU 1300",
      "50, 0, 0",
      Object.values(passed).join(", "),
    );
    expect(passed).to.deep.equal({ "1300": 50, "1301": 0, "1500": 0 });
    expect((await bench.counters()).lost - before.lost).to.equal(100);
    const ping = ["ping", "-n", "-M", "do", "-s", String(1400 - 28), "-c", "3", "-i", "0.2", "-W", "1"];
    const said = await bench.rig
      .node("a")
      .exec([...ping, bench.rig.node("b").underlay], { allowFailure: true });
    expect(said.stdout)
      .to.contain("3 packets transmitted, 0 received")
      .and.to.not.match(/frag|too long|error/i);
    expect(
      (await bench.send({ count: 20, bytes: 1472 }, "b", "a")).arrivals,
      "the other direction",
    ).to.have.length(20);
    await bench.wan.clear();
    expect(await through(1500)).to.equal(50);
  });

  it("partitions one direction, and no others", async () => {
    const { bench, figures } = subject();
    await bench.apply({ loss: 1 });
    const passed = [
      (await bench.send({ count: 200 })).arrivals.length,
      (await bench.send({ count: 200 }, "b", "a")).arrivals.length,
      (await bench.send({ count: 200 }, "a", "c")).arrivals.length,
    ];
    figures.add("a -/-> b: of 200 a -> b, b -> a, a -> c", "0, 200, 200", passed.join(", "));
    expect(passed).to.deep.equal([0, 200, 200]);
  });

  it("keeps the packets in flight when parameters change", async () => {
    const { bench, figures } = subject();
    await bench.apply({ delayMs: 1500 });
    const { packets } = await bench.counters();
    const sending = bench.send({ count: 300, quietMs: 3000 });
    while ((await bench.counters()).packets < packets + 100) await pause(20);
    for (const params of [{ delayMs: 800, loss: 0 }, { delayMs: 20, rateBps: 50e6 }, { delayMs: 3 }])
      await bench.apply(params);
    const sent = await sending;
    const held = sent.delays.filter((delay) => delay > 1000).length;
    figures.add("lost of 300 packets at 3 changes, some held", 0, `${sent.lost}, ${held} held`);
    expect(sent.numbers.size).to.equal(300);
    expect(sent.arrivals).to.have.length(300);
    expect(held).to.be.at.least(100);
    const after = distribution((await bench.send({ count: 100 })).delays);
    expect(after.median).to.be.below(20);
  });

  it("loses nothing while parameters change under load", async () => {
    const { bench, figures } = subject();
    const delays = [50, 12.5, 0.5, 0, 30];
    let changes = 0;
    let last: Promise<unknown> = Promise.resolve();
    const timer = setInterval(() => {
      last = last.then(() => bench.apply({ delayMs: delays[changes++ % delays.length]! }));
    }, 100);
    const sent = await bench.send({ count: 5000 });
    clearInterval(timer);
    await last;
    figures.add(`lost of 5000 packets at ${changes} changes`, 0, sent.lost);
    expect(changes).to.be.above(5);
    expect(sent.lost).to.equal(0);
    expect(sent.arrivals).to.have.length(5000);
  });
}
