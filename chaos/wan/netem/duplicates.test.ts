import { expect } from "chai";
import { duplicateScript, parseDuplicates } from "./duplicates.ts";

describe("Duplicates beside netem", () => {
  it("are copies of a share of what a sender sends out of an interface, in a table of our own", () => {
    const leaf = { device: "eth2", number: 1, addresses: ["198.18.1.10", "198.18.1.11"], by: "src" as const };
    expect(
      duplicateScript([{ ...leaf, share: 0.1 }])
        .split("\n")
        .slice(0, 2),
    ).to.deep.equal(["add table ip edgeproof-wan", "flush table ip edgeproof-wan"]);
    expect(duplicateScript([{ ...leaf, share: 0.1 }])).to.contain(
      'oifname "eth2" ip saddr { 198.18.1.10, 198.18.1.11 } numgen random mod 1000000000 < 100000000 ' +
        'dup to ip daddr device "eth2" comment "eth2 1"',
    );
  });

  it("are taken where a node's own packets leave, and leave its control connection alone", () => {
    const leaf = { device: "eth0", number: 2, addresses: ["198.18.3.10"], by: "dst" as const };
    const [, , chain, ...rules] = duplicateScript([{ ...leaf, share: 0.5 }], [22]).split("\n");
    expect(chain).to.contain("hook postrouting");
    expect(rules.slice(0, 2)).to.deep.equal([
      "add rule ip edgeproof-wan duplicate tcp sport 22 return",
      "add rule ip edgeproof-wan duplicate tcp dport 22 return",
    ]);
    expect(rules[2]).to.contain('oifname "eth0" ip daddr { 198.18.3.10 } numgen random');
  });

  it("are read back from what nft lists", () => {
    const numgen = { numgen: { mode: "random", mod: 1_000_000_000, offset: 0 } };
    const expr = [{ match: { op: "<", left: numgen, right: 2_500_000 } }, { dup: {} }];
    const output = {
      nftables: [{ metainfo: {} }, { rule: { comment: "eth2 1", expr } }, { rule: { expr: [] } }],
    };
    expect(parseDuplicates(JSON.stringify(output))).to.deep.equal([
      { device: "eth2", number: 1, share: 0.0025 },
    ]);
  });
});
