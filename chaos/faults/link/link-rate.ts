import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { defineLinkFault, everywhere, refuse } from "./define-link-fault.ts";

/** A fifth of it carries a probe every 34 ms; with less a window of seconds proves nothing. */
const LEAST_BPS = 256e3;
/** What a small host sends and counts by itself, with a fifth to spare. */
const MOST_BPS = 100e6;

export const linkRate = defineLinkFault({
  name: "link-rate",
  summary:
    "Limits the rate; what does not fit waits in a queue of 100 ms (at least 16 full packets), then is lost.",
  parameters: z.strictObject({
    rate: quantity(
      "rate",
      "Bits per second from the IP header on, 256kbit to 100Mbit; 0bit changes nothing.",
    ),
  }),
  proof:
    "1.2 times the rate is sent for 1.2 s in each direction, before, during and after: during, the rate arrives within 5 % and the link-layer header.",
  limits: [
    "Its receipt fills the link for 1.2 s at the beginning of the window, and sends 1.2 times the rate before and after.",
    "Other traffic on the link takes its share; what came in besides the probe is allowed for.",
  ],
  example: `- fault: link-rate
  target: { from: cloud-1, to: pi4-1, bothWays: true }
  rate: 10Mbit`,
  timeline({ rate }, directions) {
    if (rate > 0 && (rate < LEAST_BPS || rate > MOST_BPS))
      refuse("link-rate", `a rate of ${rate} bit/s cannot be proved`, "256kbit to 100Mbit");
    return { first: everywhere(directions, rate > 0 ? { rateBps: rate } : {}) };
  },
  // Much of a short window goes to the flood.
  intervalMs: () => 5,
});
