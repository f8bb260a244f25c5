import { expect } from "chai";

import { networkLines } from "./network-lines.ts";
import { nftFacts } from "./nft-facts.ts";
import { diffSnapshots } from "./snapshot.ts";

const ruleset = (text: string): string[] => nftFacts(text.split("\n"));

describe("two snapshots of a rig", () => {
  it("are equal when they say the same, and tell what came and went, by place, when not", () => {
    const before = { "pi4-1": { nft: ["table ip nat", "x", "x"] }, host: { links: ["lo"] } };
    expect(diffSnapshots(before, structuredClone(before))).to.deep.equal([]);
    const after = {
      "pi4-1": { nft: ["table inet edgeproof-a", "table ip nat", "x"] },
      host: { links: ["lo"] },
    };
    expect(diffSnapshots(before, after)).to.deep.equal([
      "pi4-1 nft: - x",
      "pi4-1 nft: + table inet edgeproof-a",
    ]);
    expect(diffSnapshots(after, before)).to.have.length(2);
  });

  it("differ in a place or a section that one of them does not have", () => {
    expect(diffSnapshots({ a: { x: ["1"] } }, {})).to.deep.equal(["a x: - 1"]);
    expect(diffSnapshots({ a: {} }, { a: { silent: ["gone"] } })).to.deep.equal(["a silent: + gone"]);
  });
});

describe("the rules of a machine, as a snapshot has them", () => {
  const base = `table ip nat {
    chain PREROUTING {
      type nat hook prerouting priority dstnat; policy accept;
       counter packets 7 bytes 420 jump KUBE-SERVICES
    }
    chain KUBE-MARK-MASQ {
      counter meta mark set mark or 0x4000
    }
    chain KUBE-SVC-AAAA {
      counter jump KUBE-SEP-BBBB
    }
  }`;

  it("are the same whatever was counted, whoever's endpoint it is, and whatever port the engine's name server has", () => {
    const churned = base.replace("packets 7 bytes 420", "packets 9 bytes 1").replace(/BBBB/g, "CCCC");
    expect(ruleset(churned)).to.deep.equal(ruleset(base));
    const names = (port: number) =>
      `table ip nat {\nchain DOCKER_OUTPUT {\nip daddr 127.0.0.11 dnat to 127.0.0.11:${port}\n}\n}`;
    expect(ruleset(names(1))).to.deep.equal(ruleset(names(2)));
  });

  it("miss a rule of kube-proxy's that somebody flushed, and show a table of ours", () => {
    const rules = ruleset(base);
    expect(rules).to.include("ip nat chain PREROUTING: jump KUBE-SERVICES");
    const flushed = ruleset(base.replace(/ *counter packets.*\n/, ""));
    expect(rules.filter((rule) => !flushed.includes(rule))).to.deep.equal([
      "ip nat chain PREROUTING: jump KUBE-SERVICES",
    ]);
    const unmarked = ruleset(base.replace(/ *counter meta mark.*\n/, ""));
    expect(unmarked).to.have.length(rules.length - 1);
    const ours = ruleset(`${base}\ntable inet edgeproof-x {\nchain input {\ndrop\n}\n}`);
    expect(ours.slice(rules.length)).to.deep.equal([
      "table inet edgeproof-x",
      "inet edgeproof-x chain input",
      "inet edgeproof-x chain input: drop",
    ]);
  });
});

describe("the network of a machine, as a snapshot has it", () => {
  const lines = (section: string, line: string) =>
    networkLines((name) => (name === section ? [line] : []))[section];

  it("is the same after a reboot that numbered links anew, and without what pods bring", () => {
    const link = (index: number, name: string) =>
      `${index}: ${name}@if${index + 1}: <UP,LOWER_UP> mtu 1500 qdisc noqueue state UP link-netnsid 0`;
    expect(lines("links", link(7, "eth0"))).to.deep.equal(lines("links", link(42, "eth1")));
    expect(lines("links", link(9, "veth12345678"))).to.deep.equal([]);
    expect(lines("routes", "10.42.1.0/24 dev cni0 scope link")).to.deep.equal([]);
  });

  it("differs in an MTU, a queue, a route and a rule", () => {
    for (const [section, before, after] of [
      ["links", "2: eth0@if3: <UP> mtu 1500", "2: eth0@if3: <UP> mtu 1200"],
      ["qdiscs", "qdisc noqueue 0: dev eth0 root", "qdisc tbf 8001: dev eth0 root rate 1Mbit"],
      ["routes", "default via 198.18.1.2 dev eth0", "blackhole default"],
      ["rules", "0:\tfrom all lookup local", "10:\tfrom all lookup 100"],
    ] as const)
      expect(lines(section, before)).to.not.deep.equal(lines(section, after));
  });
});
