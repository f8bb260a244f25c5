import { z } from "zod";
import { dnsLabel, map, oneOf, text } from "./schema-parts.ts";

/**
 * What reaches a configuration file of ssh or an argument list is allowed by what it may hold, not by what it may not:
 * nothing that ssh or a shell reads as an option, a token (`%h`), a quote or a command.
 */
const hostPattern = /^[A-Za-z0-9]([A-Za-z0-9._:-]*[A-Za-z0-9])?$/;
const userPattern = /^[A-Za-z_][A-Za-z0-9._-]{0,31}$/;
const pathPattern = /^[A-Za-z0-9_.~/][A-Za-z0-9_.~/@+, -]*$/;
const ipv4Pattern = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;
const jumpPattern =
  /^([A-Za-z_][A-Za-z0-9._-]{0,31}@)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$/;

const matching = (pattern: RegExp, error: string, description: string) =>
  z.string({ error }).max(255, { error }).regex(pattern, { error }).describe(description);

const port = (description: string) => {
  const error = "a port from 1 to 65535";
  return z.int({ error }).min(1, { error }).max(65_535, { error }).describe(description);
};

const path = (description: string) =>
  matching(
    pathPattern,
    "a path of letters, digits, spaces and `_.~/@+,-`, not beginning with `-`",
    description,
  );

const access = {
  user: matching(
    userPattern,
    "a user name: letters, digits, `_`, `.` and `-`, not beginning with `-`",
    "Who logs in. Default: ssh's, which is who runs edgeproof. Others than root need the line of sudo in docs/real-nodes.md.",
  ).optional(),
  port: port("Port of sshd. Default 22.").optional(),
  key: path(
    "File of the private key, relative to this file, or from `~/`. Default: the ssh agent, and ssh's own files.",
  ).optional(),
  proxyJump: matching(
    jumpPattern,
    "`USER@HOST:PORT`, of which only the host has to be",
    "A machine by which the others are reached. Its host key is verified, too.",
  ).optional(),
};

export const inventorySchema = map({
  name: dnsLabel("Name of the inventory, for messages."),
  description: text("Whose machines they are, and where.").optional(),
  knownHosts: path(
    "File of host keys, relative to this file. Default: the user's own. Host keys are always verified.",
  ).optional(),
  onNodeLost: oneOf(
    ["rollback", "continue"],
    "When an agent does not answer while the rig is brought up: `rollback` removes all again; `continue` goes on without it.",
  ).default("rollback"),
  defaults: map(access).prefault({}).describe("For nodes that say nothing else."),
  nodes: z
    .array(
      map({
        name: dnsLabel("As in the topology; of the tester and a lighthouse as you like."),
        address: matching(
          hostPattern,
          "a host name or an IP address",
          "Where ssh reaches it: a name or an IP address.",
        ),
        underlay: matching(
          ipv4Pattern,
          "an IPv4 address such as 192.168.1.20",
          "Where the other nodes reach it, UDP port 4242. Default: `address`, if that is an IPv4 address.",
        ).optional(),
        role: oneOf(
          ["server", "agent", "lighthouse", "tester"],
          "As in the topology, and a `tester` for each of the topology's, where the load comes from.",
        ),
        site: dnsLabel("As in the topology.").optional(),
        class: dnsLabel("Device class, as in the topology.").optional(),
        ...access,
      }),
      { error: "a list of nodes" },
    )
    .min(1, { error: "a list of at least one node" }),
});

export type InventoryWritten = z.input<typeof inventorySchema>;
/** Whether a text is an IPv4 address. */
export const isIpv4 = (address: string): boolean => ipv4Pattern.test(address);
