import { expect } from "chai";
import { isOurRoot, isOurTree, netemInForce, parseQdiscs, refuseForeignRoot } from "./netem-status.ts";

/** As `tc -s -j qdisc show` of iproute2 6.1 prints it (tc/q_netem.c), shortened. */
const OUTPUT = `[
 {"kind":"tbf","handle":"eda0:","root":true,"refcnt":3,"options":{"rate":1000000000000,"burst":0},"packets":9,"drops":0},
 {"kind":"htb","handle":"eda1:","parent":"eda0:1","options":{"r2q":10,"default":"0"},"packets":9,"drops":0},
 {"kind":"netem","handle":"edb0:","parent":"eda0:10","options":{"limit":1001,
  "delay":{"delay":0.0125,"jitter":0.0025,"correlation":0},"loss-random":{"loss":0.000199999,"correlation":0},
  "duplicate":{"duplicate":0.01,"correlation":0},"rate":{"rate":2500000,"packetoverhead":0,"cellsize":0},
  "ecn":false,"gap":0},"bytes":840,"packets":10,"drops":2,"overlimits":0,"requeues":0,"backlog":84,"qlen":1},
 {"kind":"netem","handle":"edb1:","parent":"eda0:11","options":{"limit":1000,
  "loss-gemodel":{"p":0.000999999,"r":0.25,"1-h":1,"1-k":0.05},"ecn":false,"gap":0},"packets":0,"drops":0,"qlen":0},
 {"kind":"netem","handle":"edb2:","parent":"eda0:12","options":{"limit":1000,"ecn":false,"gap":0}}]`;

// No sch_netem where this is developed: what is parsed follows tc's source.
describe("The state of netem", () => {
  it("is read back in the units of links", () => {
    const [, , plain, bursty, idle] = parseQdiscs(OUTPUT);
    expect(netemInForce(plain!)).to.deep.equal({
      delayMs: 12.5,
      jitterMs: 2.5,
      jitterShape: "pareto",
      loss: 0.0002,
      duplicate: 0.01,
      rateBps: 20_000_000,
    });
    expect(netemInForce(bursty!)).to.deep.equal({ loss: 0.05, burst: { enter: 0.001, leave: 0.25 } });
    expect(netemInForce(idle!)).to.deep.equal({});
  });

  it("has the digits that tc cuts off where the kernel agrees with what was asked, and no others", () => {
    const qdisc = {
      kind: "netem",
      handle: "edb0:",
      options: { delay: { delay: 0.012499, jitter: 0.002499 } },
    };
    expect(netemInForce(qdisc, { delayMs: 12.5, jitterMs: 2.5 })).to.deep.equal({
      delayMs: 12.5,
      jitterMs: 2.5,
    });
    expect(netemInForce(qdisc, { delayMs: 12.6, jitterMs: 2.4 })).to.deep.equal({
      delayMs: 12.499,
      jitterMs: 2.499,
    });
  });

  it("knows its own root", () => {
    expect(parseQdiscs(OUTPUT).filter(isOurRoot)).to.have.length(1);
    const node = [
      { kind: "htb", handle: "ed00:", root: true, dev: "eth0" },
      { kind: "tbf", handle: "eda0:", parent: "ed00:2", dev: "eth0" },
      { kind: "htb", handle: "1:", root: true, dev: "wlan0" },
    ];
    expect(node.map(isOurRoot)).to.deep.equal([true, false, false]);
    expect(node.map(isOurTree)).to.deep.equal([false, true, false]);
    refuseForeignRoot("eth0", parseQdiscs(OUTPUT));
  });

  it("takes an interface with the kernel's default qdisc or none", () => {
    refuseForeignRoot("eth0", [{ kind: "noqueue", handle: "0:", root: true }]);
    refuseForeignRoot("eth0", [
      { kind: "mq", handle: "0:", root: true, dev: "eth0" },
      { kind: "htb", handle: "1:", root: true, dev: "wlan0" },
    ]);
    refuseForeignRoot("eth0", parseQdiscs(""));
  });

  it("refuses an interface that somebody else shapes", () => {
    const foreign = { kind: "tbf", handle: "8001:", root: true };
    expect(() => refuseForeignRoot("eth0", [foreign])).to.throw("eth0 already has a tbf qdisc");
    expect(() => refuseForeignRoot("eth0", [{ ...foreign, kind: "htb", handle: "1:" }])).to.throw("htb");
  });
});
