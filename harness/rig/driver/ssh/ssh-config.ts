import type { SshAccess } from "../../../config/inventory.ts";

export interface ConfiguredHost extends SshAccess {
  /** A DNS label: what ssh is told to connect to. */
  machine: string;
}

/** What `ssh` is told to connect to; never a value of the inventory. */
export const hostAlias = (machine: string): string => `edgeproof-${machine}`;

/** In quotes, since a path may have spaces; `%` is ssh's, and the inventory's schema lets none through. */
const quoted = (path: string): string => {
  if (/["\n\r\\]/.test(path)) throw new Error(`a path that no configuration of ssh can hold: ${path}`);
  return `"${path.replaceAll("%", "%%")}"`;
};

const block = (alias: string, lines: readonly (string | undefined)[]): string =>
  [`Host ${alias}`, ...lines.filter((line) => line !== undefined).map((line) => `  ${line}`)].join("\n");

/**
 * The configuration that `ssh -F` reads, the only one: a user's own may switch off what is insisted on here. A jump host
 * is a host of its own, so that the same holds for it. The first value that ssh finds counts.
 */
export function sshConfig(hosts: readonly ConfiguredHost[], knownHosts: string | undefined): string {
  const blocks = hosts.flatMap(({ machine, address, user, port, key, proxyJump }) => {
    const alias = hostAlias(machine);
    const identity = key === undefined ? [] : [`IdentityFile ${quoted(key)}`, "IdentitiesOnly yes"];
    const jump = proxyJump && `${alias}-jump`;
    return [
      block(alias, [
        `HostName ${address}`,
        `Port ${port}`,
        user && `User ${user}`,
        ...identity,
        jump && `ProxyJump ${jump}`,
      ]),
      ...(proxyJump && jump
        ? [
            block(jump, [
              `HostName ${proxyJump.host}`,
              `Port ${proxyJump.port}`,
              proxyJump.user && `User ${proxyJump.user}`,
              ...identity,
            ]),
          ]
        : []),
    ];
  });
  const always = block("*", [
    "BatchMode yes",
    "StrictHostKeyChecking yes",
    ...(knownHosts === undefined
      ? []
      : [`UserKnownHostsFile ${quoted(knownHosts)}`, "GlobalKnownHostsFile /dev/null"]),
    "UpdateHostKeys no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "ForwardAgent no",
    "ForwardX11 no",
    "PermitLocalCommand no",
    "ConnectTimeout 20",
    // A machine that is gone is noticed after 40 s; one that is only slow keeps its connection.
    "ServerAliveInterval 10",
    "ServerAliveCountMax 4",
    "LogLevel ERROR",
  ]);
  return `${[...blocks, always].join("\n")}\n`;
}
