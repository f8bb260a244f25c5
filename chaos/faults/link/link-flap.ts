import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { defineLinkFault, everywhere, nowhere, refuse } from "./define-link-fault.ts";
import { LEAST_STATE_MS } from "./least-state.ts";

export const linkFlap = defineLinkFault({
  name: "link-flap",
  summary: "Cuts links and lets them work again, over and over, beginning with a cut.",
  parameters: z.strictObject({
    down: quantity("duration", "How long nothing passes each time, 1s or more; 0ms changes nothing."),
    up: quantity("duration", "How long the links work in between, 1s or more."),
  }),
  proof:
    "Numbered datagrams in each direction: none arrives in all cuts together, and all in all times between.",
  example: `- fault: link-flap
  target: { from: pi4-1, bothWays: true }
  down: 2s
  up: 3s`,
  timeline({ down, up }, directions) {
    if (down === 0) return { first: nowhere(directions) };
    for (const time of [down, up])
      if (time < LEAST_STATE_MS) refuse("link-flap", `${time} ms are too short to be proved`, "1s or more");
    return {
      first: everywhere(directions, { loss: 1 }),
      steps: [{ afterMs: down, links: nowhere(directions) }],
      repeatAfterMs: up,
    };
  },
});
