import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { usageError } from "../../../harness/errors.ts";
import { type FaultDefinition, defineFault } from "../definition.ts";

/** Listed so that who looks for it is led to the fault that can do it. */
export const streamLoss: FaultDefinition = defineFault({
  name: "stream-loss",
  layer: "stream",
  summary: "Refused: a proxy of TCP streams cannot lose a packet. Take link-loss.",
  target: "stream",
  parameters: z.strictObject({
    loss: quantity("share", "Not to be had here: link-loss has it, and link-burst-loss in bursts."),
  }),
  proof: "None.",
  undo: "Nothing is ever done.",
  limits: [
    "Dropping pieces of a stream would corrupt it: TCP has acknowledged them, and never sends them again.",
  ],
  example: "- fault: link-loss\n  target: { from: cloud-1, to: pi4-1, bothWays: true }\n  loss: 5%",
  build() {
    throw usageError("STREAM_LOSS", "toxiproxy acts on TCP streams and cannot lose a packet", {
      expected: "a link fault, which acts on packets",
      fix: "use `link-loss` (`edgeproof faults show link-loss`)",
    });
  },
});
