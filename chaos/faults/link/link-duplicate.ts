import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { defineLinkFault, everywhere } from "./define-link-fault.ts";
import { rareIntervalMs } from "./rare-interval.ts";

export const linkDuplicate = defineLinkFault({
  name: "link-duplicate",
  summary: "Sends packets twice.",
  parameters: z.strictObject({
    duplicate: quantity("share", "Share of packets sent twice, 0% to 100%; 0% changes nothing."),
  }),
  proof:
    "Numbered datagrams in each direction: the share asked for lies in the binomial interval of those that came twice.",
  example: `- fault: link-duplicate
  target: { from: cloud-1, to: pi4-1, bothWays: true }
  duplicate: 5%`,
  timeline: ({ duplicate }, directions) => ({
    first: everywhere(directions, duplicate > 0 ? { duplicate } : {}),
  }),
  intervalMs: ({ duplicate }) => rareIntervalMs(duplicate),
});
