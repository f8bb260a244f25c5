import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

import { checked } from "./checked.ts";
import type { ConfigProblem } from "./config-error.ts";
import { inventorySchema, isIpv4, type InventoryWritten } from "./inventory-schema.ts";
import type { Partly } from "./topology-rules.ts";
import { readYaml, type Path, type YamlFile } from "./yaml-file.ts";

/** How ssh reaches one machine. No secret is in it: `key` is the path of one. */
export interface SshAccess {
  address: string;
  user: string | undefined;
  port: number;
  /** Absolute path. */
  key: string | undefined;
  proxyJump: { user: string | undefined; host: string; port: number } | undefined;
}

export interface InventoryNode extends SshAccess {
  name: string;
  role: "server" | "agent" | "lighthouse" | "tester";
  /** IPv4 address at which the other nodes reach it. */
  underlay: string;
  site: string | undefined;
  deviceClass: string | undefined;
}

export interface Inventory {
  name: string;
  /** Absolute path, or undefined for the user's own. */
  knownHosts: string | undefined;
  onNodeLost: "rollback" | "continue";
  nodes: InventoryNode[];
  /** File it came from, for messages. */
  file: string;
  /** `file:line:column` of a node's entry. */
  where: (node: string) => string;
}

type Part = Partly<InventoryWritten>;

function inventoryProblems({ nodes, defaults }: Part, file: YamlFile): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const report = (path: Path, message: string, expected: string, fix: string): void =>
    void problems.push({ where: file.whereValue(path), message, expected, fix });
  const all = nodes ?? [];
  for (const [index, node] of all.entries()) {
    if (!node) continue;
    const { name, address } = node;
    if (name !== undefined && all.findIndex((other) => other?.name === name) < index)
      report(
        ["nodes", index, "name"],
        `two nodes are called \`${name}\``,
        "unique names",
        "rename one of them",
      );
    const port = node.port ?? defaults?.port ?? 22;
    const same = all.findIndex(
      (other) => other?.address === address && (other?.port ?? defaults?.port ?? 22) === port,
    );
    if (address !== undefined && same >= 0 && same < index)
      report(
        ["nodes", index, "address"],
        `two nodes are the same machine, ${address} port ${port}`,
        "a machine of its own for every node",
        "correct the address or the port",
      );
    if (!("underlay" in node) && address !== undefined && !isIpv4(address))
      report(
        ["nodes", index, "address"],
        `nobody knows where the other nodes reach \`${name ?? address}\``,
        "an IPv4 address in `underlay`, where `address` is none",
        "add `underlay:`",
      );
  }
  for (const role of ["server", "tester"] as const) {
    const having = all.flatMap((node, index) => (node?.role === role ? [index] : []));
    const known = all.every((node) => node?.role !== undefined);
    const wanted = `${role === "tester" ? "a" : "exactly one"} node with \`role: ${role}\``;
    if (known && having.length === 0) report(["nodes"], `no node is the ${role}`, wanted, "add it");
    // A topology may have several testers.
    if (role === "tester") continue;
    for (const index of having.slice(1))
      report(["nodes", index, "role"], `several nodes are the ${role}`, wanted, "give it another role");
  }
  return problems;
}

const jumpOf = (text: string): SshAccess["proxyJump"] => {
  const [, user, host = "", port] = /^(?:([^@]+)@)?([^:]+)(?::(\d+))?$/.exec(text) ?? [];
  return { user, host, port: Number(port ?? 22) };
};

/**
 * Reads and validates an inventory. No value of it can be an option or a command: see the schema.
 * @throws ConfigError with every problem of the file.
 */
export function loadInventory(path: string): Inventory {
  const file = resolve(path);
  const yaml = readYaml(file);
  const input = checked(yaml, inventorySchema, (part) => inventoryProblems(part, yaml));
  const at = (path: string): string =>
    path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(dirname(file), path);
  const { defaults } = input;
  const nodes = input.nodes.map((node): InventoryNode => {
    const key = node.key ?? defaults.key;
    const jump = node.proxyJump ?? defaults.proxyJump;
    return {
      name: node.name,
      role: node.role,
      address: node.address,
      underlay: node.underlay ?? node.address,
      user: node.user ?? defaults.user,
      port: node.port ?? defaults.port ?? 22,
      key: key === undefined ? undefined : at(key),
      proxyJump: jump === undefined ? undefined : jumpOf(jump),
      site: node.site,
      deviceClass: node.class,
    };
  });
  return {
    name: input.name,
    knownHosts: input.knownHosts === undefined ? undefined : at(input.knownHosts),
    onNodeLost: input.onNodeLost,
    nodes,
    file,
    where: (name) => yaml.whereValue(["nodes", nodes.findIndex((node) => node.name === name)]),
  };
}
