import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { defineLinkFault, everywhere } from "./define-link-fault.ts";
import { rareIntervalMs } from "./rare-interval.ts";

export const linkLoss = defineLinkFault({
  name: "link-loss",
  summary: "Loses packets, each independently of the others.",
  parameters: z.strictObject({
    loss: quantity("share", "Share of packets lost in each direction, 0% to 100%; 0% changes nothing."),
  }),
  proof:
    "Numbered datagrams in each direction: the share asked for lies in the binomial interval of what was lost, and none at all does not.",
  limits: [
    "A window too short to tell the loss from none makes the receipt not hold: 1 % needs about 3 s, 0.1 % about 30 s.",
  ],
  example: `- fault: link-loss
  target: { from: cloud-1, to: pi4-1, bothWays: true }
  loss: 5%`,
  timeline: ({ loss }, directions) => ({ first: everywhere(directions, loss > 0 ? { loss } : {}) }),
  intervalMs: ({ loss }) => rareIntervalMs(loss),
});
