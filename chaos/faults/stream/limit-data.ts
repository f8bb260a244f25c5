import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { usageError } from "../../../harness/errors.ts";
import { defineStreamFault, wholeSteps } from "./stream-fault.ts";

const MOST_BYTES = 4 * 1024 ** 2;
const PATIENCE_MS = 15_000;
/** Of one read, by which the end of an unlimited connection may lie beyond what was wanted. */
const READ_BYTES = 65_536;

export const streamLimitData = defineStreamFault({
  name: "stream-limit-data",
  summary: "Every connection is closed once so many bytes of answers went through it.",
  parameters: z.strictObject({
    bytes: quantity("size", "Bytes of TCP that each connection brings, TLS included, 1B to 4MiB."),
  }),
  exampleParameters: ["bytes: 10KiB"],
  proofText:
    "Bytes until the end of connections that ask without pause: exactly those asked for, where it was a tenth more before.",
  describe: ({ bytes }) => `closed after ${bytes} bytes`,
  toxics({ bytes }) {
    if (bytes < 1 || bytes > MOST_BYTES)
      throw usageError("STREAM_LIMIT", `a limit of ${bytes} bytes cannot be proved`, {
        expected: "1B to 4MiB",
      });
    return [
      {
        type: "limit_data",
        stream: "downstream",
        attributes: { bytes: wholeSteps("bytes", bytes, 1, "bytes") },
      },
    ];
  },
  proof: ({ bytes }) => ({
    shape: {
      ...{ requests: 0, padBytes: 0, close: false, limitMs: PATIENCE_MS },
      enoughBytes: Math.ceil(bytes * 1.1) + 1,
    },
    ...{ everyMs: 500, burst: 5, burstEveryMs: 200, least: 3 },
    measures: [
      {
        ...{ kind: "share", quantity: "connection-closed", calm: false, during: true },
        yes: ({ end }) => end === "closed" || end === "reset",
      },
      {
        ...{ kind: "median", quantity: "bytes-received", value: ({ bytes: came }) => came },
        during: () => bytes,
        tolerance: (_, when) => (when === "during" ? 0 : READ_BYTES),
      },
    ],
  }),
});
