import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { usageError } from "../../../harness/errors.ts";
import type { StreamReading } from "../../probe/stream-plan.ts";
import { direction } from "./directions.ts";
import { defineStreamFault, wholeSteps } from "./stream-fault.ts";

/** toxiproxy counts in KB/s of 1000 bytes. */
const STEP_BPS = 8_000;
/** Of each connection of the proof, ms: some of toxiproxy's slices of 100 ms. */
const SPELL_MS = 1_000;
/** Enough of them to tell a rate from their count. */
const REQUESTS_A_SPELL = 30;
const REQUEST_BYTES = { least: 100, most: 8_000 };

const overTime = (bytes: number, { firstByteMs, lastByteMs }: StreamReading): number | undefined =>
  firstByteMs === undefined || lastByteMs === undefined || lastByteMs <= firstByteMs
    ? undefined
    : (bytes * 8_000) / (lastByteMs - firstByteMs);

const received = (reading: StreamReading): number | undefined =>
  overTime(reading.bytes - (reading.firstBytes ?? 0), reading);
/** Of the requests that were answered: only those went all the way. */
const sent = (reading: StreamReading): number | undefined =>
  overTime(
    (reading.answeredBytes * Math.max(0, reading.answers - 1)) / Math.max(1, reading.answers),
    reading,
  );

export const streamBandwidth = defineStreamFault({
  name: "stream-bandwidth",
  summary: "Bytes of each connection come no faster than a rate.",
  parameters: z.strictObject({
    rate: quantity(
      "rate",
      "Of each connection by itself, a multiple of 8kbit; what the way does not give changes nothing.",
    ),
    direction,
  }),
  exampleParameters: ["rate: 800kbit"],
  proofText:
    "Bytes a second over connections that ask without pause for 1 s each: the rate asked for within 25 %, or the median before where that is less (then within half of it).",
  limits: [
    "The proof's answers are small: a way gives them at some Mbit/s, and a rate beyond that cannot be told from none.",
  ],
  describe: ({ rate, direction }) => `${rate / 1000} kbit/s ${direction}`,
  toxics({ rate, direction: stream }) {
    if (rate === 0)
      throw usageError("STREAM_RATE", "a rate of 0 is no limit to toxiproxy", {
        expected: "8kbit or more",
        fix: "take stream-timeout for a way that passes nothing",
      });
    return [{ type: "bandwidth", stream, attributes: { rate: wholeSteps("rate", rate, STEP_BPS, "bit/s") } }];
  },
  proof({ rate, direction }) {
    const share = (rate / 8_000) * (SPELL_MS / REQUESTS_A_SPELL);
    const request = Math.min(REQUEST_BYTES.most, Math.max(REQUEST_BYTES.least, Math.floor(share)));
    const padBytes = direction === "upstream" ? request - REQUEST_BYTES.least : 0;
    return {
      shape: { requests: 0, padBytes, close: false, limitMs: SPELL_MS, enoughBytes: 0 },
      // One after the other: of two at a time each would get half of a slow machine.
      ...{ everyMs: SPELL_MS + 50, burst: 3, burstEveryMs: SPELL_MS + 50, least: 3 },
      measures: [
        {
          ...{ kind: "median", quantity: "rate-bps", value: direction === "upstream" ? sent : received },
          during: (base) => Math.min(base, rate),
          tolerance: (base, when) => (when === "during" && rate < base ? 0.25 * rate : 0.5 * base),
        },
      ],
    };
  },
});
