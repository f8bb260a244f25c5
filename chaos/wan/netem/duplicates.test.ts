import { expect } from "chai";
import { duplicateScript, parseDuplicates } from "./duplicates.ts";

describe("Duplicates beside netem", () => {
  it("are copies of a share of what a sender sends out of an interface, in a table of our own", () => {
    const leaf = { device: "eth2", source: 1, sourceAddresses: ["198.18.1.10", "198.18.1.11"] };
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

  it("are read back from what nft lists", () => {
    const numgen = { numgen: { mode: "random", mod: 1_000_000_000, offset: 0 } };
    const expr = [{ match: { op: "<", left: numgen, right: 2_500_000 } }, { dup: {} }];
    const output = {
      nftables: [{ metainfo: {} }, { rule: { comment: "eth2 1", expr } }, { rule: { expr: [] } }],
    };
    expect(parseDuplicates(JSON.stringify(output))).to.deep.equal([
      { device: "eth2", source: 1, share: 0.0025 },
    ]);
  });
});
