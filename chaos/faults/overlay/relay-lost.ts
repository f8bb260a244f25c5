import { parse } from "yaml";
import { z } from "zod";

import { NEBULA_CONFIG } from "../../../harness/config/nebula-layout.ts";
import { usageError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import { defineFault } from "../definition.ts";
import { nebulaDown } from "./nebula-down.ts";

const relays = async (machine: NodeHandle): Promise<boolean> => {
  const config = parse((await machine.readFile(NEBULA_CONFIG)).toString()) as {
    relay?: { am_relay?: boolean };
  };
  return config.relay?.am_relay === true;
};

export const relayLost = defineFault({
  name: "relay-lost",
  layer: "overlay",
  summary: "Kills Nebula on the relays and keeps it down: pairs whose direct path is cut lose their tunnel.",
  target: "rig",
  parameters: z.strictObject({}),
  proof:
    "The kernel has no Nebula process on the relays, and no other machine reaches them over the overlay, for the whole window.",
  undo: "Nebula is started again; the relay does so by itself when its lease ends.",
  limits: [
    "Needs dedicated relays: a topology with `overlay: { lighthouse: dedicated, relay: true }`.",
    "Shows only where a direct path is cut at the same time. To cut the way to a relay alone, use link-partition on it.",
    "The relay is the lighthouse, too: it takes both away.",
  ],
  example: `- fault: link-partition
  target: { between: [edge-a, edge-b] }
- fault: relay-lost
  at: 30s`,
  build(_, __, context) {
    const { rig, name } = context;
    const own = rig.lighthouses.filter(({ role }) => role === "lighthouse");
    return nebulaDown(context, own, "nothing is relayed", async () => {
      const found = await Promise.all(own.map(relays));
      if (own.length === 0 || !found.every(Boolean))
        throw usageError("no-relay", "the rig has no relay of its own", {
          where: name,
          expected: "a dedicated lighthouse that relays",
          fix: "Use the topology `overlay`, or set `overlay: { lighthouse: dedicated, relay: true }`.",
        });
    });
  },
});
