import { readFileSync, writeFileSync } from "node:fs";

import { execa } from "execa";

const SWITCHES = ["net/ipv4/ip_forward", "net/ipv4/conf/all/forwarding", "net/ipv4/conf/default/forwarding"];

/** What a Docker Engine changes on the host's network, as it was before it was started. */
export interface NetworkSnapshot {
  /** nft tables, such as `ip nat`; absent when they could not be listed: then none is removed. */
  tables?: string[];
  links?: string[];
  switches: Record<string, string>;
}

const lines = (text: string): string[] => text.split("\n").filter(Boolean);

/** What the program printed, line by line; undefined when it failed. */
async function run(program: string, ...args: string[]): Promise<string[] | undefined> {
  const done = await execa(program, args, { reject: false });
  return done.failed ? undefined : lines(done.stdout);
}

const tables = async (): Promise<string[] | undefined> =>
  (await run("nft", "list", "tables"))?.map((line) => line.replace(/^table /, ""));

const links = async (): Promise<string[] | undefined> =>
  (await run("ip", "-o", "link"))?.map((line) => line.split(": ")[1]?.split("@")[0] ?? "");

/** What is there now and was not before; nothing, where either is not known. */
const added = (now: readonly string[] | undefined, before: readonly string[] | undefined): string[] =>
  before === undefined ? [] : (now ?? []).filter((name) => !before.includes(name));

/** dockerd's own names: its default bridge, other networks' bridges, and its ends of the links to containers. */
const OWN_LINK = /^(docker0|br-[0-9a-f]{12}|veth[0-9a-f]{7})$/;

export async function takeSnapshot(): Promise<NetworkSnapshot> {
  const switches = Object.fromEntries(
    SWITCHES.map((name) => [name, readFileSync(`/proc/sys/${name}`, "utf8").trim()] as const),
  );
  const [tablesNow, linksNow] = [await tables(), await links()];
  return { ...(tablesNow && { tables: tablesNow }), ...(linksNow && { links: linksNow }), switches };
}

/**
 * Removes what a stopped engine left: its bridge, the nft tables that did not exist before (dockerd's own names only),
 * and the forwarding switches. Tables that were there before are left alone, chains and all.
 */
export async function restoreSnapshot(before: NetworkSnapshot): Promise<void> {
  const mayRemove = [
    "ip nat",
    "ip filter",
    "ip raw",
    "ip mangle",
    "ip6 nat",
    "ip6 filter",
    "ip6 raw",
    "ip6 mangle",
  ];
  for (const table of added(await tables(), before.tables))
    if (mayRemove.includes(table)) await run("nft", "delete", "table", ...table.split(" "));
  for (const link of added(await links(), before.links))
    if (OWN_LINK.test(link)) await run("ip", "link", "del", link);
  for (const [name, value] of Object.entries(before.switches))
    if (readFileSync(`/proc/sys/${name}`, "utf8").trim() !== value) writeFileSync(`/proc/sys/${name}`, value);
}
