import type { LinkParams } from "../../../harness/config/model.ts";
import { JITTER_SHAPES } from "../impairment/jitter-shape.ts";
import { MTU_BYTES, queueLimitBytes } from "../impairment/parameters.ts";
import { lengthsAbove } from "./mtu-filters.ts";
import { tableName } from "./tc.ts";

/**
 * The tree of an interface: a tbf, which only cuts the kernel's large segments (GSO) into the packets of the wire, below
 * it an htb with two classes for each direction that leads out there, and a netem below each class: one for what passes,
 * one that loses what is longer than the MTU. Filters choose by address (the sender's on a router, the receiver's on a
 * node) and by length. Handles are fixed, so that what is ours can be told from what is not; removing the root removes all.
 */
export const TREE_HANDLE = "eda0:";
const HTB_HANDLE = "eda1:";
const FIRST_NETEM_HANDLE = 0xedb0;
const FIRST_CLASS = 0x10;
const FIRST_TOO_LONG_HANDLE = 0xeeb0;
const FIRST_TOO_LONG_CLASS = 0x410;
/** Filters of a lower number come first: those by length (this + number of the leaf), then those by address alone. */
const PREFERENCE = { tooLong: 0x1, address: 0x400 };

/** A direction as the interface that it leaves by sees it. */
export interface NetemLeaf {
  device: string;
  /** Number, in the list of members, of the one by whose addresses its packets are known. */
  number: number;
  /** All addresses of that member. */
  addresses: readonly string[];
  /** Whether that member sends the packets (on a router) or gets them (on the node that sends). */
  by: "src" | "dst";
}

const classId = (number: number): string => `${HTB_HANDLE}${(FIRST_CLASS + number).toString(16)}`;
/** Class of the direction's packets that are longer than the MTU. */
export const tooLongClassId = (number: number): string =>
  `${HTB_HANDLE}${(FIRST_TOO_LONG_CLASS + number).toString(16)}`;
const handle = (first: number, number: number): string => `${(first + number).toString(16)}:`;

/** Handle of a direction's netem. */
export const netemHandle = (number: number): string => handle(FIRST_NETEM_HANDLE, number);
/** Handle of the netem that loses what is too long. */
export const tooLongHandle = (number: number): string => handle(FIRST_TOO_LONG_HANDLE, number);

/** Ethernet header with a VLAN tag, bytes. */
const FRAME_BYTES = 18;

/**
 * Arguments of `tc` for the top of one interface's tree, at its root or below the class of another. The tbf cuts what is
 * longer than its burst and never shapes. Unclassified packets (the router's own) pass at once.
 */
export const addTree = (device: string, mtu: number, parentClass?: string): string[][] => [
  [
    ...["qdisc", "add", "dev", device, ...(parentClass ? ["parent", parentClass] : ["root"])],
    ...["handle", TREE_HANDLE, "tbf", "rate", "8tbit", "burst", String(mtu + FRAME_BYTES), "limit", "100mb"],
  ],
  ["qdisc", "add", "dev", device, "parent", `${TREE_HANDLE}1`, "handle", HTB_HANDLE, "htb", "default", "0"],
];

export const deleteRoot = (device: string): string[] => ["qdisc", "del", "dev", device, "root"];

const htb = (device: string): string[] => ["dev", device, "parent", HTB_HANDLE];
const prio = (kind: keyof typeof PREFERENCE, number: number): string[] => [
  ...["protocol", "ip", "prio", String(PREFERENCE[kind] + number)],
];

/** An htb class so fast that it never shapes. */
export const UNSHAPED = [
  ...["htb", "rate", "100gbit", "burst", "15mb", "cburst", "15mb", "quantum", "60000"],
];

/** Classes, filters and netems of one direction. */
export function addLeaf({ device, number, addresses, by }: NetemLeaf): string[][] {
  const losesAll = ["netem", ...netemParameters({ loss: 1 })];
  return [
    ["class", "add", ...htb(device), "classid", classId(number), ...UNSHAPED],
    ["qdisc", "add", ...leafPlace(device, number), "netem", ...netemParameters({})],
    ["class", "add", ...htb(device), "classid", tooLongClassId(number), ...UNSHAPED],
    ["qdisc", "add", ...tooLongPlace(device, number), ...losesAll],
    ...addresses.map((address) => [
      ...["filter", "add", ...htb(device), ...prio("address", number)],
      ...["u32", "match", "ip", by, `${address}/32`, "flowid", classId(number)],
    ]),
  ];
}

/** Leads what is longer than `mtu` into the class where it is lost. */
export const addMtu = ({ device, number, addresses, by }: NetemLeaf, mtu: number): string[][] =>
  addresses.flatMap((address) =>
    lengthsAbove(mtu).map(({ value, mask }) => [
      ...["filter", "add", ...htb(device), ...prio("tooLong", number), "u32"],
      ...["match", "u16", String(value), `0x${mask.toString(16)}`, "at", "2"],
      ...["match", "ip", by, `${address}/32`, "flowid", tooLongClassId(number)],
    ]),
  );

export const deleteMtu = (device: string, number: number): string[] => [
  ...["filter", "del", ...htb(device), ...prio("tooLong", number)],
];

export const showFilters = (device: string): string[] => ["filter", "show", ...htb(device)];

/** `change`, never `replace`: packets that wait in the netem stay there. */
export const changeLeaf = (device: string, number: number, params: LinkParams): string[] => [
  ...["qdisc", "change", ...leafPlace(device, number), "netem", ...netemParameters(params)],
];

const leafPlace = (device: string, number: number): string[] => [
  ...["dev", device, "parent", classId(number), "handle", netemHandle(number)],
];

const tooLongPlace = (device: string, number: number): string[] => [
  ...["dev", device, "parent", tooLongClassId(number)],
  ...["handle", tooLongHandle(number)],
];

/**
 * netem's parameters for a direction. Rate, reorder and corrupt are always given: netem keeps what a `change` leaves
 * out (net/sched/sch_netem.c, netem_change). Independent and bursty loss together are its Gilbert-Elliott model with
 * all lost in the bad state and `loss` in the good one. netem does not tell which table of deviates it has, so the
 * last two bits of `limit` say it. Duplicates are not netem's: see duplicates.ts.
 */
export function netemParameters(params: LinkParams): string[] {
  const delay = params.delayMs ?? 0;
  const jitter = params.jitterMs ?? 0;
  const shape = jitter > 0 ? (params.jitterShape ?? "normal") : "normal";
  const limit = Math.ceil(limitPackets(params) / 4) * 4 + JITTER_SHAPES.indexOf(shape);
  const result = ["limit", String(limit), "delay", milliseconds(delay)];
  if (jitter > 0) result.push(milliseconds(jitter), "distribution", tableName(shape));
  if (params.burst && params.burst.enter > 0) {
    const { enter, leave } = params.burst;
    result.push("loss", "gemodel", percent(enter), percent(leave), "100%", percent(params.loss ?? 0));
  } else result.push("loss", "random", percent(params.loss ?? 0));
  result.push("reorder", percent(params.reorder ?? 0));
  result.push("corrupt", percent(params.corrupt ?? 0));
  result.push("rate", `${Math.round(params.rateBps ?? 0)}bit`, HEADER_BYTES);
  return result;
}

const milliseconds = (value: number): string => `${decimal(value)}ms`;
/** netem's rate counts the frame, ours the IP packet: so the Ethernet header is taken off. */
const HEADER_BYTES = "-14";
const percent = (probability: number): string => `${decimal(probability * 100)}%`;
/** Without an exponent, which tc does not read. */
const decimal = (value: number): string =>
  String(Number(value.toFixed(9))).replace(/^.*e.*$/, value.toFixed(9));

/** Fastest link for which the queue of a delay without rate limit is sized, in packets per millisecond. */
const UNLIMITED_PACKETS_PER_MS = 200;
const LEAST_LIMIT = 1000;

/**
 * netem's `limit` counts all packets it holds, those in their delay too: bandwidth x delay (mean and 4 sd) and, with a
 * rate, the queue before the link. Without a rate, 200 000 packets a second.
 */
export function limitPackets(params: LinkParams): number {
  const holdMs = (params.delayMs ?? 0) + 4 * (params.jitterMs ?? 0);
  const { rateBps } = params;
  if (rateBps === undefined || rateBps === 0) {
    return Math.max(LEAST_LIMIT, Math.ceil(holdMs * UNLIMITED_PACKETS_PER_MS));
  }
  const inDelay = (rateBps / 8 / 1000) * holdMs;
  return Math.ceil((inDelay + queueLimitBytes(rateBps)) / MTU_BYTES);
}
