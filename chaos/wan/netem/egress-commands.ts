import { CONTROL_LABEL, CONTROL_PING_BYTES, LABEL_OFFSET, METER_MAGIC } from "../control-probes.ts";
import { addressesOf, type WanMember } from "../wan-engine.ts";
import { UNSHAPED } from "./netem-commands.ts";

/**
 * The root of a node's interface, in front of the tree of netems: an htb that never shapes, with one class for what goes
 * to peers and one for all else, which passes as it did before: in a queue of the kind that the interface had, and not
 * cut into packets. ssh to peers is part of all else, so that a partition never cuts off those who would end it, and so
 * are control probes.
 */
export const EGRESS_HANDLE = "ed00:";
const OTHERS = `${EGRESS_HANDLE}1`;
/** The class below which the tree of netems hangs. */
export const PEERS = `${EGRESS_HANDLE}2`;
const OTHERS_HANDLE = "ed01:";
/** Filters of a lower number come first. */
const PREFERENCE = { control: "1", probe: "2", peer: "3" };

/** Protocol numbers of IPv4 (IANA). */
const PROTOCOL = { icmp: "1", tcp: "6", udp: "17" };
const IPV4_HEADER = 20;
const UDP_HEADER = 8;
const PAYLOAD = IPV4_HEADER + UDP_HEADER;

const word = (value: number, at: number): string[] => [
  ...["match", "u32", `0x${value.toString(16)}`, "0xffffffff", "at", String(at)],
];
/** No IP options, so that offsets are right. */
const PLAIN = ["match", "u8", "0x05", "0x0f", "at", "0"];
const CONTROL_PROBES = [
  [
    ...["match", "ip", "protocol", PROTOCOL.icmp, "0xff", ...PLAIN],
    ...["match", "u16", `0x${CONTROL_PING_BYTES.toString(16)}`, "0xffff", "at", "2"],
  ],
  [
    ...["match", "ip", "protocol", PROTOCOL.udp, "0xff", ...PLAIN],
    ...[...word(METER_MAGIC, PAYLOAD), ...word(CONTROL_LABEL, PAYLOAD + LABEL_OFFSET)],
  ],
];

const filter = (device: string, preference: string, match: readonly string[], to: string): string[] => [
  ...["filter", "add", "dev", device, "parent", EGRESS_HANDLE, "protocol", "ip", "prio", preference],
  ...["u32", ...match, "flowid", to],
];

/** Arguments of `tc` for the root; nothing goes to the peers' class yet. `kind` is that of the queue for all else. */
export const addEgressRoot = (device: string, kind: string | undefined): string[][] => [
  ["qdisc", "add", "dev", device, "root", "handle", EGRESS_HANDLE, "htb", "default", "1"],
  ["class", "add", "dev", device, "parent", EGRESS_HANDLE, "classid", OTHERS, ...UNSHAPED],
  ...(kind === undefined
    ? []
    : [["qdisc", "add", "dev", device, "parent", OTHERS, "handle", OTHERS_HANDLE, kind]]),
  ["class", "add", "dev", device, "parent", EGRESS_HANDLE, "classid", PEERS, ...UNSHAPED],
];

/** The same for the filters: from then on what goes to peers passes their class. The last thing to be made. */
export const leadToPeers = (
  device: string,
  peers: readonly WanMember[],
  controlPorts: readonly number[],
): string[][] => [
  ...controlPorts.flatMap((port) =>
    ["sport", "dport"].map((end) =>
      filter(
        device,
        PREFERENCE.control,
        ["match", "ip", "protocol", PROTOCOL.tcp, "0xff", "match", "ip", end, String(port), "0xffff"],
        OTHERS,
      ),
    ),
  ),
  ...CONTROL_PROBES.map((match) => filter(device, PREFERENCE.probe, match, OTHERS)),
  ...peers
    .flatMap(addressesOf)
    .map((address) => filter(device, PREFERENCE.peer, ["match", "ip", "dst", `${address}/32`], PEERS)),
];
