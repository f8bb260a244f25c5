import type { LinkParams } from "../../../harness/config/model.ts";
import { rigError } from "../../../harness/errors.ts";
import { JITTER_SHAPES } from "../impairment/jitter-shape.ts";
import { EGRESS_HANDLE } from "./egress-commands.ts";
import { TREE_HANDLE } from "./netem-commands.ts";

/** What `tc -s -j qdisc show` says of one qdisc; only what is read here. Times in seconds, shares 0..1, rate in B/s. */
export interface QdiscStatus {
  kind: string;
  handle: string;
  /** Only where all interfaces are asked for. */
  dev?: string;
  root?: boolean;
  parent?: string;
  options?: {
    limit?: number;
    delay?: { delay: number; jitter: number };
    "loss-random"?: { loss: number };
    "loss-gemodel"?: { p: number; r: number; "1-h": number; "1-k": number };
    duplicate?: { duplicate: number };
    reorder?: { reorder: number };
    corrupt?: { corrupt: number };
    rate?: { rate: number };
  };
  packets?: number;
  drops?: number;
  qlen?: number;
}

export const parseQdiscs = (output: string): QdiscStatus[] => JSON.parse(output || "[]") as QdiscStatus[];

/** tc keeps shares as 32-bit fractions and prints 6 digits: what differs after the 5th is rounding. */
const rounded = (value: number): number => Number(value.toPrecision(5));

/**
 * tc counts in 64 ns and prints whole microseconds, both cut off, so that a time may read up to two below: then it is
 * the one asked for.
 */
const TICK_MS = 0.002;
const time = (read: number | undefined, asked: number | undefined): number | undefined =>
  read !== undefined && asked !== undefined && asked >= read && asked - read < TICK_MS ? asked : read;

/** The parameters that a netem has in force; `asked` for the digits that tc cuts off. */
export function netemInForce({ options = {} }: QdiscStatus, asked: LinkParams = {}): LinkParams {
  const params: LinkParams = {};
  const set = (key: Exclude<keyof LinkParams, "burst" | "jitterShape">, value: number | undefined): void => {
    if (value !== undefined && value > 0) params[key] = rounded(value);
  };
  const ge = options["loss-gemodel"];
  set("delayMs", time(options.delay && options.delay.delay * 1000, asked.delayMs));
  set("jitterMs", time(options.delay && options.delay.jitter * 1000, asked.jitterMs));
  const shape = JITTER_SHAPES[(options.limit ?? 0) & 3];
  if (params.jitterMs !== undefined && shape && shape !== "normal") params.jitterShape = shape;
  set("loss", ge ? ge["1-k"] : options["loss-random"]?.loss);
  if (ge) params.burst = { enter: rounded(ge.p), leave: rounded(ge.r) };
  set("duplicate", options.duplicate?.duplicate);
  set("reorder", options.reorder?.reorder);
  set("corrupt", options.corrupt?.corrupt);
  if (options.rate && options.rate.rate > 0) params.rateBps = options.rate.rate * 8;
  return params;
}

/** The tbf on top of the netems of an interface. */
export const isOurTree = ({ kind, handle }: QdiscStatus): boolean => kind === "tbf" && handle === TREE_HANDLE;

/** On a router the tree itself, on a node what lies in front of it. */
export const isOurRoot = (qdisc: QdiscStatus): boolean =>
  qdisc.root === true && (isOurTree(qdisc) || (qdisc.kind === "htb" && qdisc.handle === EGRESS_HANDLE));

/**
 * Throws if somebody else put a qdisc at the root of `device`, of all that `qdiscs` are of. The kernel's own default has
 * no handle.
 */
export function refuseForeignRoot(device: string, qdiscs: readonly QdiscStatus[]): void {
  const root = qdiscs.find((qdisc) => qdisc.root && (qdisc.dev ?? device) === device);
  if (!root || root.handle === "0:" || isOurRoot(root)) return;
  throw rigError(
    "wan-foreign-qdisc",
    `${device} already has a ${root.kind} qdisc with handle ${root.handle}`,
    {
      where: `interface ${device} of the WAN service's machine`,
      expected: "no qdisc at the root but the kernel's own default, or edgeproof's",
      fix: `Remove it (tc qdisc del dev ${device} root) if it is not needed, and start again. edgeproof could not put it back as it was.`,
    },
  );
}
