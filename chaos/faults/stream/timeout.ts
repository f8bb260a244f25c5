import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { usageError } from "../../../harness/errors.ts";
import type { StreamMeasure } from "./stream-measure.ts";
import { answered, lateness, oneRequest, steady } from "./shapes.ts";
import { defineStreamFault, wholeSteps } from "./stream-fault.ts";

/** How long the proof waits for what never comes, ms. */
const NEVER_MS = 1_000;

export const streamTimeout = defineStreamFault({
  name: "stream-timeout",
  summary: "No answer comes through, though connections are made; after a while they are closed, or never.",
  parameters: z.strictObject({
    closeAfter: quantity(
      "duration",
      "From what the server sent last to the close, whole ms, at least 1ms. Without it connections stay open and silent.",
    ).optional(),
  }),
  exampleParameters: ["closeAfter: 2s"],
  proofText:
    "No connection gets a byte. With closeAfter, the time until the connection is closed: the median time to the first byte before plus closeAfter, within max(5 ms, 10 %, the former); without it none is closed within 1 s.",
  describe: ({ closeAfter }) =>
    closeAfter === undefined ? "silent" : `silent, closed after ${closeAfter} ms`,
  toxics({ closeAfter }) {
    if (closeAfter === 0)
      throw usageError("STREAM_TIMEOUT", "closeAfter 0 ms means never to toxiproxy", {
        expected: "1ms or more, or no closeAfter",
      });
    const timeout = wholeSteps("closeAfter", closeAfter ?? 0, 1, "ms");
    return [{ type: "timeout", stream: "downstream", attributes: { timeout } }];
  },
  proof({ closeAfter }) {
    const silent: StreamMeasure = {
      ...{ kind: "share", quantity: "connection-closed", calm: false, during: closeAfter !== undefined },
      yes: ({ end }) => end === "closed",
    };
    const closed: StreamMeasure = {
      ...{ kind: "median", quantity: "close-delay-ms" },
      // Without the fault: what an answer takes to come, from when on the fault counts.
      value: ({ end, endMs, firstByteMs }) => (end === "closed" ? endMs : firstByteMs),
      during: (base) => base + (closeAfter ?? 0),
      tolerance: lateness(closeAfter ?? 0),
    };
    return {
      ...steady,
      shape: { ...oneRequest(closeAfter ?? 0), ...(closeAfter === undefined ? { limitMs: NEVER_MS } : {}) },
      measures: [answered(false), silent, ...(closeAfter === undefined ? [] : [closed])],
    };
  },
});
