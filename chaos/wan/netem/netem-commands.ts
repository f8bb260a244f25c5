import type { LinkParams } from "../../../harness/config/model.ts";
import { MTU_BYTES, queueLimitBytes } from "../impairment/parameters.ts";

/**
 * The tree on the interface towards one member: a root htb, one class for each member that sends to it, chosen by
 * source address, and a netem below each class. Handles are fixed, so that what is ours can be told from what is not.
 */
export const ROOT_HANDLE = "eda0:";
const FIRST_NETEM_HANDLE = 0xedb0;
const FIRST_CLASS = 0x10;

/** A direction as the interface sees it: from the member with this number and address, out of `device`. */
export interface NetemLeaf {
  device: string;
  /** Number of the sending member in the list of members. */
  source: number;
  sourceAddress: string;
}

const classId = (source: number): string => `${ROOT_HANDLE}${(FIRST_CLASS + source).toString(16)}`;
const netemHandle = (source: number): string => `${(FIRST_NETEM_HANDLE + source).toString(16)}:`;

/** Number of the sending member by the handle of its netem; undefined for a handle that is not ours. */
export function sourceOfHandle(handle: string, members: number): number | undefined {
  const source = Number.parseInt(handle, 16) - FIRST_NETEM_HANDLE;
  return source >= 0 && source < members ? source : undefined;
}

/** Arguments of `tc` for the root of one interface. Unclassified packets (the router's own) pass at once. */
export const addRoot = (device: string): string[] => [
  ...["qdisc", "add", "dev", device, "root", "handle", ROOT_HANDLE, "htb", "default", "0"],
];

export const deleteRoot = (device: string): string[] => ["qdisc", "del", "dev", device, "root"];

/** Class, filter and netem of one direction. The class is so fast that it never shapes. */
export function addLeaf({ device, source, sourceAddress }: NetemLeaf): string[][] {
  const parent = ["dev", device, "parent", ROOT_HANDLE];
  const speed = ["rate", "100gbit", "burst", "15mb", "cburst", "15mb", "quantum", "60000"];
  const match = ["u32", "match", "ip", "src", `${sourceAddress}/32`, "flowid", classId(source)];
  return [
    ["class", "add", ...parent, "classid", classId(source), "htb", ...speed],
    ["qdisc", "add", ...leafPlace(device, source), "netem", ...netemParameters({})],
    ["filter", "add", ...parent, "protocol", "ip", "prio", String(source + 1), ...match],
  ];
}

/** `change`, never `replace`: packets that wait in the netem stay there. */
export const changeLeaf = (device: string, source: number, params: LinkParams): string[] => [
  ...["qdisc", "change", ...leafPlace(device, source), "netem", ...netemParameters(params)],
];

const leafPlace = (device: string, source: number): string[] => [
  ...["dev", device, "parent", classId(source), "handle", netemHandle(source)],
];

/**
 * netem's parameters for a direction. Rate, reorder and corrupt are always given: netem keeps what a `change` leaves
 * out (net/sched/sch_netem.c, netem_change). Independent and bursty loss together are its Gilbert-Elliott model with
 * all lost in the bad state and `loss` in the good one.
 */
export function netemParameters(params: LinkParams): string[] {
  const delay = params.delayMs ?? 0;
  const jitter = params.jitterMs ?? 0;
  const result = ["limit", String(limitPackets(params)), "delay", milliseconds(delay)];
  if (jitter > 0) result.push(milliseconds(jitter), "distribution", "normal");
  if (params.burst && params.burst.enter > 0) {
    const { enter, leave } = params.burst;
    result.push("loss", "gemodel", percent(enter), percent(leave), "100%", percent(params.loss ?? 0));
  } else result.push("loss", "random", percent(params.loss ?? 0));
  result.push("duplicate", percent(params.duplicate ?? 0));
  result.push("reorder", percent(params.reorder ?? 0));
  result.push("corrupt", percent(params.corrupt ?? 0));
  result.push("rate", `${Math.round(params.rateBps ?? 0)}bit`);
  return result;
}

const milliseconds = (value: number): string => `${decimal(value)}ms`;
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
