import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { usageError } from "../../../harness/errors.ts";
import { direction } from "./directions.ts";
import { answered, firstByte, lateness, oneRequest, steady } from "./shapes.ts";
import { defineStreamFault, wholeSteps } from "./stream-fault.ts";

export const streamJitter = defineStreamFault({
  name: "stream-jitter",
  summary:
    "Every piece of a stream comes late by a time of its own, uniform in latency +- jitter; its order is kept.",
  parameters: z.strictObject({
    latency: quantity("duration", "Middle of the latencies, whole ms, at least the jitter."),
    jitter: quantity("duration", "Half the width of the uniform distribution, whole ms; 0ms: all the same."),
    direction,
  }),
  exampleParameters: ["latency: 60ms", "jitter: 40ms"],
  proofText:
    "Time to the first byte: its median as for stream-latency, and half its range without the outer fifth, against the jitter and the range before within max(5 ms, 20 %) and the sampling error.",
  describe: ({ latency, jitter, direction }) => `${latency} +- ${jitter} ms ${direction}`,
  toxics({ latency, jitter, direction: stream }) {
    if (jitter > latency)
      throw usageError("STREAM_JITTER", `a jitter of ${jitter} ms around ${latency} ms would be early`, {
        expected: "a latency that is at least the jitter",
      });
    const attributes = {
      latency: wholeSteps("latency", latency, 1, "ms"),
      jitter: wholeSteps("jitter", jitter, 1, "ms"),
    };
    return [{ type: "latency", stream, attributes }];
  },
  proof: ({ latency, jitter }) => ({
    ...{ shape: oneRequest(latency + jitter), ...steady, burst: 60, burstEveryMs: 30, least: 30 },
    measures: [
      answered(true),
      {
        ...{ kind: "median", quantity: "latency-ms", value: firstByte },
        during: (base) => base + latency,
        tolerance: lateness(latency),
      },
      { kind: "half-width", quantity: "jitter-ms", value: firstByte, asked: jitter },
    ],
  }),
});
