import { expect } from "chai";

import { addEgressRoot, leadToPeers } from "./egress-commands.ts";
import { plainQdiscs, queueKind } from "./former-qdiscs.ts";

describe("The root of a node's interface", () => {
  const line = (words: string[]): string => words.join(" ");

  it("sends all to a queue of the kind that was there, until peers are led elsewhere", () => {
    const speed = "htb rate 100gbit burst 15mb cburst 15mb quantum 60000";
    expect(addEgressRoot("eth0", "fq_codel").map(line)).to.deep.equal([
      "qdisc add dev eth0 root handle ed00: htb default 1",
      `class add dev eth0 parent ed00: classid ed00:1 ${speed}`,
      "qdisc add dev eth0 parent ed00:1 handle ed01: fq_codel",
      `class add dev eth0 parent ed00: classid ed00:2 ${speed}`,
    ]);
    expect(addEgressRoot("veth0", undefined).map(line).join("\n")).to.not.contain("ed01:");
  });

  it("lets the control port and control probes pass before it looks at who a packet is for, and leaves all but peers alone", () => {
    const peers = [{ name: "b", address: "192.0.2.7", aliases: ["192.0.2.8"] }];
    const port = "u32 match ip protocol 6 0xff match ip";
    expect(leadToPeers("eth0", peers, [2222]).map(line)).to.deep.equal(
      [
        `prio 1 ${port} sport 2222 0xffff flowid ed00:1`,
        `prio 1 ${port} dport 2222 0xffff flowid ed00:1`,
        "prio 2 u32 match ip protocol 1 0xff match u8 0x05 0x0f at 0 match u16 0x55 0xffff at 2 flowid ed00:1",
        "prio 2 u32 match ip protocol 17 0xff match u8 0x05 0x0f at 0 match u32 0x45504c4d 0xffffffff at 28" +
          " match u32 0x4354524c 0xffffffff at 48 flowid ed00:1",
        "prio 3 u32 match ip dst 192.0.2.7/32 flowid ed00:2",
        "prio 3 u32 match ip dst 192.0.2.8/32 flowid ed00:2",
      ].map((end) => `filter add dev eth0 parent ed00: protocol ip ${end}`),
    );
  });

  it("is put back to what is compared: kinds, places and options, without handles, counters and what comes in", () => {
    const mq = { kind: "mq", handle: "0:", root: true, dev: "eth0" };
    const queue = (parent: string) => ({
      ...{ kind: "fq_codel", handle: "0:", parent, dev: "eth0", options: { limit: 10_240 }, packets: 7 },
    });
    const ingress = { kind: "clsact", handle: "ffff:", parent: "ffff:fff1", dev: "eth0" };
    const plain = plainQdiscs([queue(":2"), mq, ingress, queue(":1"), { ...mq, dev: "wlan0" }], "eth0");
    expect(plain).to.deep.equal([
      { kind: "mq" },
      { kind: "fq_codel", parent: ":1", options: { limit: 10_240 } },
      { kind: "fq_codel", parent: ":2", options: { limit: 10_240 } },
    ]);
    expect(queueKind(plain)).to.equal("fq_codel");
    expect(queueKind([{ kind: "noqueue" }])).to.equal(undefined);
    expect(queueKind([{ kind: "mq" }])).to.equal(undefined);
  });
});
