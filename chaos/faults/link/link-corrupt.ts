import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { defineLinkFault, everywhere } from "./define-link-fault.ts";
import { rareIntervalMs } from "./rare-interval.ts";

export const linkCorrupt = defineLinkFault({
  name: "link-corrupt",
  summary: "Flips one bit of packets, so that checksums and Nebula's authentication throw them away.",
  parameters: z.strictObject({
    corrupt: quantity("share", "Share of packets with a flipped bit, 0% to 100%; 0% changes nothing."),
  }),
  proof:
    "Numbered datagrams in each direction: the share asked for lies in the binomial interval of those that did not come intact.",
  limits: ["A damaged datagram fails its checksum, so that receipts see it as lost."],
  example: `- fault: link-corrupt
  target: { from: cloud-1, to: pi4-1, bothWays: true }
  corrupt: 5%`,
  timeline: ({ corrupt }, directions) => ({ first: everywhere(directions, corrupt > 0 ? { corrupt } : {}) }),
  intervalMs: ({ corrupt }) => rareIntervalMs(corrupt),
});
