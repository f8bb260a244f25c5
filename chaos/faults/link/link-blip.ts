import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { defineLinkFault, everywhere, nowhere, refuse } from "./define-link-fault.ts";
import { LEAST_STATE_MS } from "./least-state.ts";

export const linkBlip = defineLinkFault({
  name: "link-blip",
  summary: "Cuts links for a short time at the beginning of the phase; then they work again.",
  parameters: z.strictObject({
    down: quantity("duration", "How long nothing passes, 1s or more; 0ms changes nothing.").prefault("5s"),
  }),
  proof: "Numbered datagrams in each direction: none arrives while the links are cut, and all afterwards.",
  example: `- fault: link-blip
  target: { from: pi4-1, bothWays: true }
  down: 5s`,
  timeline({ down }, directions) {
    if (down === 0) return { first: nowhere(directions) };
    if (down < LEAST_STATE_MS) refuse("link-blip", `${down} ms are too short to be proved`, "1s or more");
    return {
      first: everywhere(directions, { loss: 1 }),
      steps: [{ afterMs: down, links: nowhere(directions) }],
    };
  },
});
