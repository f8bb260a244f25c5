import { readFileSync, readdirSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";

import { execa } from "execa";

import { type Facts, sorted } from "./facts.ts";
import { networkLines } from "./network-lines.ts";
import { nftFacts } from "./nft-facts.ts";

const lines = async (program: string, ...argv: string[]): Promise<string[]> => {
  const done = await execa(program, argv, { reject: false });
  // A host that has no such program, or is no Linux, has nothing of it either.
  return done.failed ? [] : done.stdout.split("\n").filter(Boolean);
};

const ANY_BRIDGE = /\bbr-[0-9a-f]{12}\b/g;
const ANY_ADDRESS = /\b198\.18\.(\d+)\.\d+/g;

/** Whether a line is about networks of other rigs, which come and go while this one is up. */
function ofOthers(line: string, bridges: readonly string[], subnets: readonly string[]): boolean {
  const strange = (line.match(ANY_BRIDGE) ?? []).some((bridge) => !bridges.includes(bridge));
  const thirds = [...line.matchAll(ANY_ADDRESS)].map(([, third]) => `198.18.${third}.0/24`);
  return strange || thirds.some((subnet) => !subnets.includes(subnet));
}

const digest = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

/** The tester's own machine, as far as it is this rig's: its network, and the rig's folder. */
export async function hostFacts(
  folder: string,
  bridges: readonly string[],
  subnets: readonly string[],
): Promise<Facts> {
  const [links, qdiscs, nft, routes, rules, addresses] = await Promise.all([
    lines("ip", "-d", "-o", "link"),
    lines("tc", "qdisc", "show"),
    lines("nft", "-s", "list", "ruleset"),
    lines("ip", "route", "show", "table", "all"),
    lines("ip", "rule"),
    lines("ip", "-o", "addr"),
  ]);
  const all: Facts = { links, qdiscs, routes, rules, addresses };
  const own = (found: readonly string[]): string[] =>
    found.filter((line) => !ofOthers(line, bridges, subnets));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return sorted({
    ...networkLines((section) => own(all[section] ?? [])),
    nft: own(nftFacts(nft)),
    folder: files.map((path) => `${digest(path)} ${path}`),
  });
}
