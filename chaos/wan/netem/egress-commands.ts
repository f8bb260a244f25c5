import { addressesOf, type WanMember } from "../wan-engine.ts";
import { UNSHAPED } from "./netem-commands.ts";

/**
 * The root of a node's interface, in front of the tree of netems: an htb that never shapes, with one class for what goes
 * to peers and one for all else, which passes as it did before: in a queue of the kind that the interface had, and not
 * cut into packets. ssh to peers is part of all else, so that a partition never cuts off those who would end it.
 */
export const EGRESS_HANDLE = "ed00:";
const OTHERS = `${EGRESS_HANDLE}1`;
/** The class below which the tree of netems hangs. */
export const PEERS = `${EGRESS_HANDLE}2`;
const OTHERS_HANDLE = "ed01:";
/** Filters of a lower number come first. */
const PREFERENCE = { control: "1", peer: "2" };

/** A protocol number of IPv4 (RFC 9293). */
const TCP = "6";

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
        ["match", "ip", "protocol", TCP, "0xff", "match", "ip", end, String(port), "0xffff"],
        OTHERS,
      ),
    ),
  ),
  ...peers
    .flatMap(addressesOf)
    .map((address) => filter(device, PREFERENCE.peer, ["match", "ip", "dst", `${address}/32`], PEERS)),
];
