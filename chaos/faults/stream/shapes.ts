import type { StreamReading } from "../../probe/stream-plan.ts";
import type { StreamProof } from "./stream-evidence.ts";
import type { StreamMeasure } from "./stream-measure.ts";

/** Time for what is not the fault's doing: a machine that hosts the whole rig may be slow, ms. */
const PATIENCE_MS = 3_000;

/** One request on each connection; given up `patienceMs` after the fault's own time. */
export const oneRequest = (faultMs: number, close = false): StreamProof["shape"] => ({
  ...{ requests: 1, padBytes: 0, close, enoughBytes: 0 },
  // TLS goes to and fro three times.
  limitMs: 3 * Math.ceil(faultMs) + PATIENCE_MS,
});

/** Ten connections a second, thirty before and after. */
export const steady = { everyMs: 100, burst: 30, burstEveryMs: 50, least: 20 } as const;

/** Every connection of the proof has the answer that was asked for, or no connection has one. */
export const answered = (during: boolean): StreamMeasure => ({
  kind: "share",
  quantity: "answered",
  yes: ({ answers }) => answers > 0,
  calm: true,
  during,
});

/** Besides a share of what was asked: a busy machine's scheduling, and what the path itself takes. */
export const lateness =
  (askedMs: number) =>
  (baseMs: number): number =>
    Math.max(5, 0.1 * askedMs, baseMs);

/** Of TCP, so that it counts on TLS's first byte too: one way and back, whatever is inside. */
export const firstByte = ({ firstByteMs }: StreamReading): number | undefined => firstByteMs;
