import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { usageError } from "../../../harness/errors.ts";
import type { StreamMeasure } from "./stream-measure.ts";
import { defineStreamFault, wholeSteps } from "./stream-fault.ts";

/** toxiproxy reads at most 32 KiB at a time, and slices what it has read. */
const SIZE = { least: 16, most: 16_384 };
const PIECES = 20;
/** Nearer writes may be read as one. */
const APART_MS = 2;
const PATIENCE_MS = 3_000;

export const streamSlicer = defineStreamFault({
  name: "stream-slicer",
  summary: "Answers come in small pieces with pauses between them.",
  parameters: z.strictObject({
    size: quantity("size", "Largest piece without variation, 16B to 16KiB."),
    variation: quantity("size", "More or less than that by so much, less than the size. Default 0B.").default(
      0,
    ),
    pause: quantity(
      "duration",
      "After each piece, to the microsecond; 0ms changes nothing that could be seen.",
    ),
  }),
  exampleParameters: ["size: 100B", "pause: 20ms"],
  proofText:
    "Median of the times between reads of answers that come without pause otherwise: the pause asked for within max(3 ms, 20 %), or what it was before if that is longer; and no piece is larger than asked.",
  describe: ({ size, pause }) => `pieces of ${size} bytes, ${pause} ms apart`,
  toxics({ size, variation, pause }) {
    if (size < SIZE.least || size > SIZE.most || variation >= size)
      throw usageError("STREAM_SLICER", `pieces of ${size} +- ${variation} bytes cannot be had`, {
        expected: `${SIZE.least} to ${SIZE.most} bytes, with less variation`,
      });
    const attributes = {
      ...{ average_size: wholeSteps("size", size, 1, "bytes"), size_variation: Math.floor(variation) },
      delay: wholeSteps("pause", Math.round(pause * 1e6) / 1e3, 1, "us"),
    };
    return [{ type: "slicer", stream: "downstream", attributes }];
  },
  proof({ size, variation, pause }) {
    const largest = size + variation;
    const pieces: StreamMeasure = {
      ...{ kind: "share", quantity: "bytes-received", calm: true, during: true },
      yes: ({ pieceBytes }) => pieceBytes !== undefined,
    };
    const gap: StreamMeasure = {
      ...{
        kind: "median",
        quantity: "write-gap-ms",
        value: ({ gapMs, bytes }) => gapMs ?? (bytes > 0 ? 0 : undefined),
      },
      during: (base) => Math.max(base, pause),
      tolerance: (base) => Math.max(3, 0.2 * pause, base),
    };
    const small: StreamMeasure = {
      ...{ kind: "median", quantity: "bytes-received", value: ({ pieceBytes }) => pieceBytes },
      during: () => largest / 2,
      tolerance: (base, when) => (when === "during" ? largest / 2 : base),
    };
    const spell = Math.ceil(PIECES * 2 * pause) + PATIENCE_MS;
    return {
      shape: { requests: 0, padBytes: 0, close: false, limitMs: spell, enoughBytes: PIECES * size },
      ...{ everyMs: 500, burst: 5, burstEveryMs: 200, least: 3 },
      measures: [gap, pause >= APART_MS ? small : pieces],
    };
  },
});
