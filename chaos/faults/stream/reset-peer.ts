import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { answered, lateness, oneRequest, steady } from "./shapes.ts";
import { defineStreamFault, wholeSteps } from "./stream-fault.ts";

export const streamResetPeer = defineStreamFault({
  name: "stream-reset-peer",
  summary: "Connections are reset (RST) when the server answers, or some time after; the answer is dropped.",
  parameters: z.strictObject({
    after: quantity(
      "duration",
      "From the server's first byte to the reset, whole ms. Default 0ms: at once.",
    ).default(0),
  }),
  exampleParameters: ["after: 200ms"],
  proofText:
    "Every connection ends by a reset without a byte, and the time until then is the median time to the first byte before plus `after`, within max(5 ms, 10 %, the former).",
  describe: ({ after }) => `reset after ${after} ms`,
  toxics: ({ after }) => [
    {
      ...{ type: "reset_peer", stream: "downstream" },
      attributes: { timeout: wholeSteps("after", after, 1, "ms") },
    },
  ],
  proof: ({ after }) => ({
    ...{ shape: oneRequest(after), ...steady },
    measures: [
      answered(false),
      {
        ...{ kind: "share", quantity: "connection-reset", calm: false, during: true },
        yes: ({ end }) => end === "reset",
      },
      {
        ...{ kind: "median", quantity: "close-delay-ms" },
        value: ({ end, endMs, firstByteMs }) => (end === "reset" ? endMs : firstByteMs),
        during: (base) => base + after,
        tolerance: lateness(after),
      },
    ],
  }),
});
