import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { defineLinkFault, everywhere, refuse } from "./define-link-fault.ts";
import { rareIntervalMs } from "./rare-interval.ts";

/** Half of it is what tells a packet that skipped the delay from one that did not, on a busy host. */
const LEAST_DELAY_MS = 10;

export const linkReorder = defineLinkFault({
  name: "link-reorder",
  summary: "Delays packets, and lets a share of them skip the delay, so that they overtake those under way.",
  parameters: z.strictObject({
    reorder: quantity("share", "Share of packets that skip the delay, below 100%; 0% changes nothing."),
    delay: quantity("duration", "One-way delay of the others, 10ms to 10s.").prefault("20ms"),
  }),
  proof:
    "Numbered datagrams in each direction: the share asked for lies in the binomial interval of those that took less than half the delay.",
  example: `- fault: link-reorder
  target: { from: cloud-1, to: pi4-1, bothWays: true }
  reorder: 10%
  delay: 20ms`,
  timeline({ reorder, delay }, directions) {
    if (reorder === 0) return { first: everywhere(directions, {}) };
    if (reorder >= 1) refuse("link-reorder", "reorder is 100%: none would be left to overtake", "below 100%");
    if (delay < LEAST_DELAY_MS)
      refuse(
        "link-reorder",
        `a delay of ${delay} ms leaves nothing to overtake`,
        `${LEAST_DELAY_MS}ms or more`,
      );
    return { first: everywhere(directions, { reorder, delayMs: delay, jitterMs: 0 }) };
  },
  intervalMs: ({ reorder }) => rareIntervalMs(reorder),
});
