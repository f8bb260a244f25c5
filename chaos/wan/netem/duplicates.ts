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

/**
 * nft's script for all directions that duplicate. Not by netem: since the fix of CVE-2025-38553 (Linux 6.17 and the
 * stable kernels of 2025) a netem that duplicates refuses to be in one tree with another. So a copy is made on the way
 * through the router, and each of the two has its own luck in the tree.
 */
export const duplicateScript = (duplicates: readonly Duplicate[]): string =>
  [
    `add table ip ${TABLE}`,
    `flush table ip ${TABLE}`,
    `add chain ip ${TABLE} ${CHAIN} { type filter hook forward priority filter; }`,
    ...duplicates.map(
      ({ device, source, sourceAddresses, share }) =>
        `add rule ip ${TABLE} ${CHAIN} oifname "${device}" ip saddr { ${sourceAddresses.join(", ")} } ` +
        `numgen random mod ${PARTS} < ${Math.min(PARTS - 1, Math.round(share * PARTS))} ` +
        `dup to ip daddr device "${device}" comment "${device} ${source}"`,
    ),
    "",
  ].join("\n");

/** Replaces, in one step, what is duplicated. */
export async function setDuplicates(duplicates: readonly Duplicate[]): Promise<void> {
  if (duplicates.length === 0) return removeDuplicates();
  await runProgram(["nft", "-f", "-"], duplicateScript(duplicates)).catch((cause: unknown) => {
    throw rigError("wan-no-duplicates", "packets cannot be duplicated here", {
      where: "wan container",
      expected: "nftables, and its nft_dup_ipv4 and nft_numgen in the kernel",
      fix: "Load the modules on the host, or set the WAN back end to userspace.",
      cause,
    });
  });
}

interface RuleExpression {
  match?: { left?: { numgen?: unknown }; right?: unknown };
}
interface Listed {
  nftables: { rule?: { comment?: string; expr: RuleExpression[] } }[];
}

/** The directions that duplicate by what `nft -j list` says of our table. */
export function parseDuplicates(output: string): Pick<Duplicate, "device" | "source" | "share">[] {
  return (JSON.parse(output) as Listed).nftables.flatMap(({ rule }) => {
    const [device, source] = rule?.comment?.split(" ") ?? [];
    const parts = rule?.expr.find(({ match }) => match?.left?.numgen !== undefined)?.match?.right;
    if (device === undefined || source === undefined || typeof parts !== "number") return [];
    return [{ device, source: Number(source), share: parts / PARTS }];
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
