import { expect } from "chai";
import {
  addLeaf,
  addRoot,
  changeLeaf,
  limitPackets,
  netemParameters,
  sourceOfHandle,
} from "./netem-commands.ts";

// The kernels edgeproof is developed on have no sch_netem: these tests are about the commands, not about their effect.
describe("The netem commands", () => {
  const line = (words: string[]): string => words.join(" ");

  it("build a class, a netem and a filter by source address for each sender", () => {
    expect(line(addRoot("eth2"))).to.equal("qdisc add dev eth2 root handle eda0: htb default 0");
    expect(addLeaf({ device: "eth2", source: 1, sourceAddress: "198.18.1.10" }).map(line)).to.deep.equal([
      "class add dev eth2 parent eda0: classid eda0:11 htb rate 100gbit burst 15mb cburst 15mb quantum 60000",
      "qdisc add dev eth2 parent eda0:11 handle edb1: netem limit 1000 delay 0ms loss random 0% duplicate 0% " +
        "reorder 0% corrupt 0% rate 0bit",
      "filter add dev eth2 parent eda0: protocol ip prio 2 u32 match ip src 198.18.1.10/32 flowid eda0:11",
    ]);
  });

  it("change a netem in place, so that what it holds stays", () => {
    const words = line(changeLeaf("eth0", 10, { delayMs: 12.5, jitterMs: 2.5, loss: 0.0002, rateBps: 2e7 }));
    expect(words).to.equal(
      "qdisc change dev eth0 parent eda0:1a handle edba: netem limit 205 delay 12.5ms 2.5ms distribution normal " +
        "loss random 0.02% duplicate 0% reorder 0% corrupt 0% rate 20000000bit",
    );
  });

  it("say bursty and independent loss in one Gilbert-Elliott model", () => {
    const words = line(netemParameters({ burst: { enter: 0.001, leave: 0.25 }, loss: 0.05 }));
    expect(words).to.contain("loss gemodel 0.1% 25% 100% 5%");
  });

  it("write small numbers without an exponent", () => {
    const words = line(netemParameters({ loss: 1e-9, delayMs: 0.0000004 }));
    expect(words).to.contain("delay 0.000000400ms").and.to.contain("loss random 0.000000100%");
  });

  it("size the limit to bandwidth times delay and the queue", () => {
    // 20 Mbit/s x 50 ms = 125 kB in flight, and 100 ms of queue = 250 kB.
    expect(limitPackets({ rateBps: 2e7, delayMs: 50 })).to.equal(375_000 / 1500);
    expect(limitPackets({ delayMs: 100, jitterMs: 25 })).to.equal(40_000);
    expect(limitPackets({})).to.equal(1000);
  });

  it("know the sender from the handle", () => {
    expect(sourceOfHandle("edba:", 12)).to.equal(10);
    expect(sourceOfHandle("edba:", 5)).to.equal(undefined);
    expect(sourceOfHandle("8001:", 5)).to.equal(undefined);
  });
});
