import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { defineLinkFault, everywhere, refuse } from "./define-link-fault.ts";

export const linkBurstLoss = defineLinkFault({
  name: "link-burst-loss",
  summary: "Loses packets in bursts (Gilbert-Elliott): all in a bad state, none in the good one.",
  parameters: z.strictObject({
    enter: quantity("share", "Chance per packet of entering the bad state; 0% changes nothing."),
    leave: quantity(
      "share",
      "Chance per packet of leaving it, above 0%; a burst has 1 / leave packets on average.",
    ),
  }),
  proof:
    "Numbered datagrams in each direction: enter / (enter + leave) lies in the interval of what was lost, widened for the bursts.",
  limits: ["The state changes per packet of any traffic: with more traffic bursts are shorter in time."],
  example: `- fault: link-burst-loss
  target: { from: cloud-1, to: pi4-1, bothWays: true }
  enter: 2%
  leave: 20%`,
  timeline({ enter, leave }, directions) {
    if (leave === 0 && enter > 0)
      refuse(
        "link-burst-loss",
        "leave is 0%: the first burst would never end",
        "above 0%, or link-partition",
      );
    return { first: everywhere(directions, enter > 0 ? { burst: { enter, leave } } : {}) };
  },
  intervalMs: () => 2,
});
