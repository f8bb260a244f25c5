import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { defineLinkFault, everywhere } from "./define-link-fault.ts";

export const linkJitter = defineLinkFault({
  name: "link-jitter",
  summary: "Spreads the delay of packets around a mean; those that overtake others arrive out of order.",
  parameters: z.strictObject({
    delay: quantity("duration", "Mean one-way delay, up to 10s."),
    jitter: quantity(
      "duration",
      "Standard deviation, up to 2s, at most the delay (uniform: at most delay / 1.732). 0ms and a delay of 0ms change nothing.",
    ),
    shape: z
      .enum(["normal", "pareto", "uniform"], { error: "one of normal, pareto, uniform" })
      .describe("Distribution of the delay: normal, pareto (a long tail above the mean) or uniform.")
      .default("normal"),
  }),
  proof:
    "Spread of round trips and of each direction, from the median absolute deviation and by the shape, within max(0.5 ms, 10 %) and its sampling error.",
  limits: ["Jitter below 0.5 ms cannot be told from that of a busy host."],
  example: `- fault: link-jitter
  target: { from: cloud-1, to: pi4-1, bothWays: true }
  delay: 20ms
  jitter: 5ms
  shape: pareto`,
  timeline: ({ delay, jitter, shape }, directions) => ({
    first: everywhere(
      directions,
      delay > 0 || jitter > 0 ? { delayMs: delay, jitterMs: jitter, jitterShape: shape } : {},
    ),
  }),
});
