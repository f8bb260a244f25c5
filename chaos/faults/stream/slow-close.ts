import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { answered, lateness, oneRequest, steady } from "./shapes.ts";
import { defineStreamFault, wholeSteps } from "./stream-fault.ts";

export const streamSlowClose = defineStreamFault({
  name: "stream-slow-close",
  summary: "A connection that the server closes stays open for the client a while longer.",
  parameters: z.strictObject({
    delay: quantity(
      "duration",
      "From the server's close to the client's news of it, whole ms; 0ms changes nothing.",
    ),
  }),
  exampleParameters: ["delay: 500ms"],
  proofText:
    "Time from the last byte of an answer to the end of its connection, which the server was asked to close: the median before plus the delay, within max(5 ms, 10 %, the median before).",
  describe: ({ delay }) => `closed ${delay} ms late`,
  toxics: ({ delay }) => [
    {
      ...{ type: "slow_close", stream: "downstream" },
      attributes: { delay: wholeSteps("delay", delay, 1, "ms") },
    },
  ],
  proof: ({ delay }) => ({
    ...{ shape: oneRequest(delay, true), ...steady },
    measures: [
      answered(true),
      {
        ...{ kind: "median", quantity: "close-delay-ms" },
        value: ({ end, endMs, lastByteMs }) =>
          end === "closed" && lastByteMs !== undefined ? endMs - lastByteMs : undefined,
        during: (base) => base + delay,
        tolerance: lateness(delay),
      },
    ],
  }),
});
