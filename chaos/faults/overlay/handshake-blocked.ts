import { z } from "zod";

import { NEBULA_PORT } from "../../../harness/config/nebula-layout.ts";
import { rigError, usageError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { Change } from "../../journal/change.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import { newPairEvidence } from "./new-pair-evidence.ts";
import { namesOf, nodesOf, othersThan } from "./targets.ts";
import { dropTable } from "./undo-steps.ts";

const TABLE = "inet edgeproof-handshake";

/**
 * The first bytes of a Nebula packet (1.10.3, header/header.go and the relay's part of outside.go): version 1 in the
 * upper half and the type in the lower one, 0 for a handshake. A relayed packet has type 1 and subtype 1, and carries the
 * inner packet, readable, behind its 16 byte header. Offsets are in bits from the UDP header on.
 */
const HANDSHAKE = "@th,64,8 0x10";
const RELAYED_HANDSHAKE = "@th,64,16 0x1101 @th,192,8 0x10";

/**
 * Drops handshakes that come in and that go out. `create` fails where there is a table of this name; what it holds comes
 * by itself, for nft 1.0.6 takes a block behind `create table` and makes nothing of it.
 */
const rules = (port = NEBULA_PORT): string =>
  `create table ${TABLE}
table ${TABLE} {
  chain in {
    type filter hook input priority mangle; policy accept;
    udp dport ${port} ${HANDSHAKE} counter drop
    udp dport ${port} ${RELAYED_HANDSHAKE} counter drop
  }
  chain out {
    type filter hook output priority mangle; policy accept;
    udp sport ${port} ${HANDSHAKE} counter drop
    udp sport ${port} ${RELAYED_HANDSHAKE} counter drop
  }
}
`;

const block = (node: NodeHandle): Change => ({
  what: `${node.name}: nft -f - (table ${TABLE}: UDP port ${NEBULA_PORT}, packets of type handshake dropped both ways)`,
  undo: { kind: "node", node: node.name, undo: dropTable(TABLE) },
  async apply() {
    const { stdout } = await node.exec(["nft", "-j", "list", "tables"]);
    const tables = (JSON.parse(stdout) as { nftables: { table?: { family: string; name: string } }[] })
      .nftables;
    if (tables.some(({ table }) => table && `${table.family} ${table.name}` === TABLE))
      throw rigError("handshake-in-force", `handshakes of ${node.name} are blocked already`, {
        where: `${node.name}: nftables table ${TABLE}`,
        expected: "no such table",
        fix: "Heal the other fault first; `edgeproof heal` does so where a run was killed.",
      });
    await node.exec(["nft", "-f", "-"], { stdin: rules() });
  },
});

export const handshakeBlocked = defineFault({
  name: "handshake-blocked",
  layer: "overlay",
  summary: "Drops Nebula's handshake packets at nodes: tunnels that are up go on, no new one comes up.",
  target: "nodes",
  parameters: z.strictObject({}),
  proof:
    "A newcomer to the overlay cannot be reached from the node but can from another machine, while tunnels that were up before answer, for the whole window.",
  undo: "The fault's own nftables table is removed; the node does so by itself when its lease ends.",
  limits: [
    "Nebula keeps a tunnel whose re-handshake fails, but one that dies meanwhile stays dead.",
    "The newcomer runs on the tester: the tester cannot be the target, and one machine besides must be left to reach it.",
  ],
  example: `- fault: handshake-blocked
  target: pi4-1`,
  build(_, target, context) {
    const { name, phase, guard, rig } = context;
    const nodes = nodesOf(target, context);
    const others = othersThan(nodes, context);
    const controls = others.filter((machine) => machine.name !== rig.tester.name);
    const [control] = controls;
    if (!control || controls.length === others.length)
      throw usageError(
        "fault-unprovable",
        `${name} needs the tester and one more machine beside its target`,
        {
          where: name,
          expected: "a newcomer on the tester that another machine reaches",
        },
      );
    return new ChangeFault({
      ...{ name, phase, guard, affects: namesOf(nodes) },
      description: `no handshakes of Nebula to and from ${namesOf(nodes).join(", ")}`,
      changes: nodes.map(block),
      evidence: newPairEvidence({ rig, nodes, others, control, host: rig.tester }),
    });
  },
});
