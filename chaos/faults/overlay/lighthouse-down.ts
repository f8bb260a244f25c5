import { z } from "zod";

import { usageError } from "../../../harness/errors.ts";
import { defineFault } from "../definition.ts";
import { nebulaDown } from "./nebula-down.ts";
import { namesOf } from "./targets.ts";

export const lighthouseDown = defineFault({
  name: "lighthouse-down",
  layer: "overlay",
  summary:
    "Kills Nebula on all lighthouses and keeps it down: live tunnels go on, a pair without a tunnel gets none.",
  target: "rig",
  parameters: z.strictObject({}),
  proof:
    "The kernel has no Nebula process on the lighthouses, and no other machine reaches them over the overlay, for the whole window.",
  undo: "Nebula is started again; the lighthouse does so by itself when its lease ends.",
  limits: [
    "Refused where the server is the lighthouse: it would lose the data plane and the API, too. Take a topology with `overlay: { lighthouse: dedicated }`.",
    "Where the lighthouse relays, relayed tunnels end with it.",
  ],
  example: `- fault: lighthouse-down`,
  build(_, __, context) {
    const { rig, name } = context;
    const shared = rig.lighthouses.filter(({ role }) => role !== "lighthouse");
    if (shared.length > 0)
      throw usageError(
        "lighthouse-shared",
        `${namesOf(shared).join(", ")} is the lighthouse and a node of the cluster`,
        {
          where: name,
          expected: "a lighthouse of its own, so that only it goes down",
          fix: "Use the topology `overlay`, or set `overlay: { lighthouse: dedicated }`.",
        },
      );
    return nebulaDown(context, rig.lighthouses, "machines that do not know each other cannot meet");
  },
});
