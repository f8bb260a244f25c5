import { expect } from "chai";
import {
  addLeaf,
  addMtu,
  addTree,
  changeLeaf,
  deleteMtu,
  limitPackets,
  netemHandle,
  netemParameters,
  tooLongHandle,
} from "./netem-commands.ts";

// The kernels edgeproof is developed on have no sch_netem: these tests are about the commands, not about their effect.
describe("The netem commands", () => {
  const leaf = { device: "eth2", number: 1, addresses: ["198.18.1.10", "198.18.1.11"], by: "src" as const };
  const line = (words: string[]): string => words.join(" ");

  it("build a class, a netem and a filter by source address for each sender", () => {
    expect(addTree("eth2", 1500).map(line)).to.deep.equal([
      "qdisc add dev eth2 root handle eda0: tbf rate 8tbit burst 1518 limit 100mb",
      "qdisc add dev eth2 parent eda0:1 handle eda1: htb default 0",
    ]);
    expect(addLeaf(leaf).map(line)).to.deep.equal([
      "class add dev eth2 parent eda1: classid eda1:11 htb rate 100gbit burst 15mb cburst 15mb quantum 60000",
      "qdisc add dev eth2 parent eda1:11 handle edb1: netem limit 1000 delay 0ms loss random 0% " +
        "reorder 0% corrupt 0% rate 0bit -14",
      "class add dev eth2 parent eda1: classid eda1:411 htb rate 100gbit burst 15mb cburst 15mb quantum 60000",
      "qdisc add dev eth2 parent eda1:411 handle eeb1: netem limit 1000 delay 0ms loss random 100% " +
        "reorder 0% corrupt 0% rate 0bit -14",
      "filter add dev eth2 parent eda1: protocol ip prio 1025 u32 match ip src 198.18.1.10/32 flowid eda1:11",
      "filter add dev eth2 parent eda1: protocol ip prio 1025 u32 match ip src 198.18.1.11/32 flowid eda1:11",
    ]);
  });

  it("change a netem in place, so that what it holds stays", () => {
    const words = line(changeLeaf("eth0", 10, { delayMs: 12.5, jitterMs: 2.5, loss: 0.0002, rateBps: 2e7 }));
    expect(words).to.equal(
      "qdisc change dev eth0 parent eda1:1a handle edba: netem limit 208 delay 12.5ms 2.5ms distribution edgeproof-normal " +
        "loss random 0.02% reorder 0% corrupt 0% rate 20000000bit -14",
    );
  });

  it("say the shape of the delay by a table of ours, and by the last bits of the limit", () => {
    const words = (jitterShape: "pareto" | "uniform") =>
      line(netemParameters({ delayMs: 10, jitterMs: 1, jitterShape }));
    expect(words("pareto")).to.match(/^limit 2801 delay 10ms 1ms distribution edgeproof-pareto /);
    expect(words("uniform")).to.match(/^limit 2802 delay 10ms 1ms distribution edgeproof-uniform /);
    expect(line(netemParameters({ delayMs: 10, jitterShape: "pareto" }))).to.match(
      /^limit 2000 delay 10ms loss/,
    );
  });

  it("lead what is longer than the MTU, from every address of the sender, to where it is lost", () => {
    const filters = addMtu(leaf, 0xfffd).map(line);
    expect(filters).to.deep.equal(
      ["10", "11"].map(
        (host) =>
          "filter add dev eth2 parent eda1: protocol ip prio 2 u32 match u16 65534 0xfffe at 2 " +
          `match ip src 198.18.1.${host}/32 flowid eda1:411`,
      ),
    );
    expect(line(deleteMtu("eth2", 1))).to.equal("filter del dev eth2 parent eda1: protocol ip prio 2");
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

  it("hang a node's tree below a class of its interface, and choose by the receiver's address", () => {
    expect(addTree("eth0", 1500, "ed00:2").map(line)[0]).to.equal(
      "qdisc add dev eth0 parent ed00:2 handle eda0: tbf rate 8tbit burst 1518 limit 100mb",
    );
    const peer = { device: "eth0", number: 3, addresses: ["192.0.2.7"], by: "dst" as const };
    expect(addLeaf(peer).map(line).at(-1)).to.equal(
      "filter add dev eth0 parent eda1: protocol ip prio 1027 u32 match ip dst 192.0.2.7/32 flowid eda1:13",
    );
    expect(addMtu(peer, 1499).map(line)[0]).to.contain("match ip dst 192.0.2.7/32 flowid eda1:413");
  });

  it("tell directions apart by their handles", () => {
    expect(netemHandle(10)).to.equal("edba:");
    expect(tooLongHandle(3)).to.equal("eeb3:");
  });
});
