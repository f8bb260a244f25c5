import { expect } from "chai";

import type { InventoryNode } from "../../../../config/inventory.ts";
import { parseFacts } from "../node-facts.ts";
import { judgeNode } from "./judge-node.ts";
import { parseReadings } from "./node-readings.ts";

/** As a Raspberry Pi 3 with Raspberry Pi OS says it. */
const FACTS = `architecture aarch64
kernel 6.6.31+rpt-rpi-v8
cpus 4
systemd yes
cgroup 2
program containerd /usr/bin/containerd
program ctr /usr/bin/ctr
program runc /usr/sbin/runc
program iptables /usr/sbin/iptables
program ip /usr/bin/ip
program nft /usr/sbin/nft
program tc /usr/sbin/tc
program conntrack /usr/sbin/conntrack
program mount /usr/bin/mount
program sha256sum /usr/bin/sha256sum
program gzip /usr/bin/gzip
program tar /usr/bin/tar
program ping /usr/bin/ping
program fping /usr/bin/fping
program ps /usr/bin/ps
cni /usr/lib/cni
resolv /etc/resolv.conf`;
const READINGS = `time 1764154000.5
user root
controllers cpuset cpu io memory pids
cmdline /boot/firmware/cmdline.txt
model Raspberry Pi 3 Model B Plus Rev 1.3
module tun
module sch_netem
module sch_htb
module sch_tbf
module cls_u32
module nf_tables
module br_netfilter
module overlay
module veth
module nf_conntrack
cgroup 2
disk 20000000
opt 20000000
memory MemTotal 948000
memory MemAvailable 700000
memory SwapTotal 0
write 6 300
temperature 51540
throttled throttled=0x0
listens tcp 22
mtu lo 65536
mtu eth0 1500
address lo 127.0.0.1
address eth0 192.168.1.21
default eth0
source 192.168.1.21`;

const node: InventoryNode = {
  ...{ name: "pi3-1", role: "agent", address: "192.168.1.21", underlay: "192.168.1.21", port: 22 },
  ...{ user: "pi", key: undefined, proxyJump: undefined, site: undefined, deviceClass: undefined },
};
const judged = (
  change: {
    facts?: [string, string];
    readings?: [string, string];
    node?: Partial<InventoryNode>;
    offsetS?: number;
  } = {},
) => {
  const { facts = ["", ""], readings = ["", ""], offsetS = 0.01 } = change;
  return judgeNode(
    { ...node, ...change.node },
    parseFacts(FACTS.replace(...facts)),
    parseReadings(READINGS.replace(...readings)),
    { offsetS, uncertainS: 0.02 },
    false,
  );
};
const troubles = (change: Parameters<typeof judged>[0]): string[] =>
  judged(change)
    .filter(({ state }) => state !== "ok")
    .map(({ name, state }) => `${name}: ${state}`);
const fixOf = (change: Parameters<typeof judged>[0], name: string) =>
  judged(change).find((finding) => finding.name === name)?.fix;

describe("what a node lacks", () => {
  it("is nothing for a good board", () => {
    expect(troubles({})).to.deep.equal([]);
  });

  it("is the memory controller on a Pi as it comes, with the line to add and its file", () => {
    const change = { readings: ["io memory pids", "io pids"] as [string, string] };
    expect(troubles(change)).to.deep.equal(["cgroup memory: missing"]);
    expect(fixOf(change, "cgroup memory"))
      .to.include("cgroup_enable=memory")
      .and.include("/boot/firmware/cmdline.txt");
    expect(troubles({ ...change, node: { role: "tester" } })).to.deep.equal([]);
  });

  it("is told with the packages to install", () => {
    const change = { facts: ["program runc /usr/sbin/runc\n", ""] as [string, string] };
    expect(troubles(change)).to.deep.equal(["programs: missing"]);
    expect(fixOf(change, "programs")).to.include("apt-get install runc");
  });

  for (const [what, found, expected] of [
    ["a clock that is off by more than its uncertainty", { offsetS: -7 }, "clock: missing"],
    ["a clock that is off a little", { offsetS: 0.4 }, "clock: warning"],
    ["a kernel without netem", { readings: ["module sch_netem\n", ""] }, "kernel for faults: warning"],
    ["a kernel without u32", { readings: ["module cls_u32\n", ""] }, "kernel for faults: warning"],
    [
      "a kernel whose nftables lack the family that the control ports' rules are of",
      { readings: ["cgroup 2", "cgroup 2\nwithout NF_TABLES_INET"] },
      "kernel: missing",
    ],
    ["a kernel without tun", { readings: ["module tun\n", ""] }, "kernel: missing"],
    ["a full disk", { readings: ["disk 20000000", "disk 200000"] }, "disk space: missing"],
    ["a card that is worn out", { readings: ["write 6 300", "write 6 6000"] }, "disk speed: warning"],
    ["a hot board", { readings: ["temperature 51540", "temperature 81000"] }, "temperature: warning"],
    ["a weak power supply", { readings: ["throttled=0x0", "throttled=0x50005"] }, "temperature: warning"],
    ["a port that is taken", { readings: ["listens tcp 22", "listens tcp 10250"] }, "ports: missing"],
    ["swap", { readings: ["SwapTotal 0", "SwapTotal 102400"] }, "swap: warning"],
    ["a small MTU", { readings: ["mtu eth0 1500", "mtu eth0 1280"] }, "MTU: warning"],
    ["a NAT", { node: { underlay: "203.0.113.9" } }, "NAT: warning"],
    ["a private address that is not its own", { node: { underlay: "10.0.0.9" } }, "NAT: missing"],
    ["another rig", { facts: ["cgroup 2", "cgroup 2\nclaimed other"] }, "free for a rig: missing"],
    [
      "a kubelet of its own",
      { facts: ["cgroup 2", "cgroup 2\nkubelet /var/lib/kubelet"] },
      "free for a rig: missing",
    ],
    [
      "no systemd",
      { facts: ["systemd yes", "systemd no\nprogram setsid /usr/bin/setsid"] },
      "systemd: warning",
    ],
  ] as [string, Parameters<typeof judged>[0], string][])
    it(`is seen: ${what}`, () => {
      expect(troubles(found)).to.deep.equal([expected]);
    });

  it("says what the board's own monitor says", () => {
    const found = judged({ readings: ["throttled=0x0", "throttled=0x50005"] });
    expect(found.find(({ name }) => name === "temperature")?.detail).to.equal(
      "51.5 degrees, under-voltage now, throttled now, under-voltage since it was switched on, was throttled",
    );
  });
});
