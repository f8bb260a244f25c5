import { rigError } from "../../../harness/errors.ts";
import { runProgram } from "../run-program.ts";
import type { NetemLeaf } from "./netem-commands.ts";

/** A direction that duplicates, and the share of its packets, 0..1. */
export interface Duplicate extends NetemLeaf {
  share: number;
}

const TABLE = "edgeproof-wan";
const CHAIN = "duplicate";
/** Resolution of the share. */
const PARTS = 1_000_000_000;

/** A router's packets are seen where it forwards them, a node's own where they leave, with their final addresses. */
const HOOKS = {
  src: { hook: "forward priority filter", address: "saddr" },
  dst: { hook: "postrouting priority 110", address: "daddr" },
};

const ruleOf = ({ device, number, addresses, by, share }: Duplicate): string =>
  `add rule ip ${TABLE} ${CHAIN} oifname "${device}" ip ${HOOKS[by].address} { ${addresses.join(", ")} } ` +
  `numgen random mod ${PARTS} < ${Math.min(PARTS - 1, Math.round(share * PARTS))} ` +
  `dup to ip daddr device "${device}" comment "${device} ${number}"`;

/**
 * nft's script for all directions that duplicate. Not by netem: since the fix of CVE-2025-38553 (Linux 6.17 and the
 * stable kernels of 2025) a netem that duplicates refuses to be in one tree with another. So a copy is made on the way
 * out, and each of the two has its own luck in the tree. TCP from or to an exempt port is left alone.
 */
export const duplicateScript = (
  duplicates: readonly [Duplicate, ...Duplicate[]],
  exemptPorts: readonly number[] = [],
): string =>
  [
    `add table ip ${TABLE}`,
    `flush table ip ${TABLE}`,
    `add chain ip ${TABLE} ${CHAIN} { type filter hook ${HOOKS[duplicates[0].by].hook}; }`,
    ...exemptPorts.flatMap((port) =>
      ["sport", "dport"].map((end) => `add rule ip ${TABLE} ${CHAIN} tcp ${end} ${port} return`),
    ),
    ...duplicates.map(ruleOf),
    "",
  ].join("\n");

/** Replaces, in one step, what is duplicated. */
export async function setDuplicates(
  [first, ...others]: readonly Duplicate[],
  exemptPorts: readonly number[] = [],
): Promise<void> {
  if (!first) return removeDuplicates();
  await runProgram(["nft", "-f", "-"], duplicateScript([first, ...others], exemptPorts)).catch(
    (cause: unknown) => {
      throw rigError("wan-no-duplicates", "packets cannot be duplicated here", {
        where: "the machine of the WAN service",
        expected: "nftables, and its nft_dup_ipv4 and nft_numgen in the kernel",
        fix: "Load the modules on the host; on a router the WAN back end may be userspace.",
        cause,
      });
    },
  );
}

interface RuleExpression {
  match?: { left?: { numgen?: unknown }; right?: unknown };
}
interface Listed {
  nftables: { rule?: { comment?: string; expr: RuleExpression[] } }[];
}

/** The directions that duplicate by what `nft -j list` says of our table. */
export function parseDuplicates(output: string): Pick<Duplicate, "device" | "number" | "share">[] {
  return (JSON.parse(output) as Listed).nftables.flatMap(({ rule }) => {
    const [device, number] = rule?.comment?.split(" ") ?? [];
    const parts = rule?.expr.find(({ match }) => match?.left?.numgen !== undefined)?.match?.right;
    if (device === undefined || number === undefined || typeof parts !== "number") return [];
    return [{ device, number: Number(number), share: parts / PARTS }];
  });
}

export const duplicatesInForce = async (): Promise<ReturnType<typeof parseDuplicates>> =>
  parseDuplicates(await runProgram(["nft", "-j", "list", "table", "ip", TABLE]));

/** Any number of times; without nft there is nothing to remove. */
export async function removeDuplicates(): Promise<void> {
  const tables = await runProgram(["nft", "list", "tables", "ip"]).catch(() => "");
  if (tables.split("\n").includes(`table ip ${TABLE}`))
    await runProgram(["nft", "delete", "table", "ip", TABLE]);
}
