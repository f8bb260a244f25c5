import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { defineStreamFault, wholeSteps } from "./stream-fault.ts";
import { directions, sidesOf } from "./directions.ts";
import type { ReceiptQuantity } from "../../../harness/record/model.ts";
import type { StreamProof } from "./stream-evidence.ts";
import { answered, firstByte, lateness, oneRequest, steady } from "./shapes.ts";

/** `addedMs` from the request to the first byte. */
export const latencyProof = (addedMs: number, quantity: ReceiptQuantity): StreamProof => ({
  ...{ shape: oneRequest(addedMs), ...steady },
  measures: [
    answered(true),
    {
      ...{ kind: "median", quantity, value: firstByte },
      during: (base) => base + addedMs,
      tolerance: lateness(addedMs),
    },
  ],
});

export const streamLatency = defineStreamFault({
  name: "stream-latency",
  summary: "Every piece of a stream comes late by the same time; its order is kept, and nothing is lost.",
  parameters: z.strictObject({
    latency: quantity(
      "duration",
      "Added to each piece in each direction named, whole ms; 0ms changes nothing.",
    ),
    direction: directions,
  }),
  exampleParameters: ["latency: 50ms"],
  proofText:
    "Time to the first byte of an answer, ten connections a second: the median before plus the latency of each direction, within max(5 ms, 10 %, the median before).",
  describe: ({ latency, direction }) => `${latency} ms ${direction}`,
  toxics: ({ latency, direction }) =>
    sidesOf(direction).map((stream) => ({
      ...{ type: "latency", stream },
      attributes: { latency: wholeSteps("latency", latency, 1, "ms"), jitter: 0 },
    })),
  proof: ({ latency, direction }) => latencyProof(latency * sidesOf(direction).length, "latency-ms"),
});
