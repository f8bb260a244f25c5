import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { defineLinkFault, everywhere } from "./define-link-fault.ts";

export const linkDelay = defineLinkFault({
  name: "link-delay",
  summary: "Delays every packet by a constant time, in each direction of the target.",
  parameters: z.strictObject({
    delay: quantity(
      "duration",
      "One-way delay, 0ms to 10s; in place of that of the profile. 0ms changes nothing.",
    ),
  }),
  proof: "Round trips of each pair, and the delay of each direction by itself, within max(0.5 ms, 5 %).",
  example: `- fault: link-delay
  target: { from: cloud-1, to: pi4-1, bothWays: true }
  delay: 50ms`,
  timeline: ({ delay }, directions) => ({
    first: everywhere(directions, delay > 0 ? { delayMs: delay } : {}),
  }),
});
