import type { Sample } from "../record/model.ts";

/** What a closed load came to: nobody planned its rate. */
export interface Achieved {
  /** Iterations begun a second, from the beginning of the first one's think time to the end of the last one. */
  ratePerSecond: number;
  durationMs: number;
}

/**
 * Zeros without samples.
 *
 * @param steps requests of one iteration; the think times between them are in no sample
 */
export function achieved(samples: readonly Sample[], thinkMs: number, steps = 1): Achieved {
  if (samples.length === 0) return { ratePerSecond: 0, durationMs: 0 };
  let from = Infinity;
  let to = -Infinity;
  for (const { startedAt, durationMs } of samples) {
    from = Math.min(from, startedAt - thinkMs);
    to = Math.max(to, startedAt + durationMs + (steps - 1) * thinkMs);
  }
  const durationMs = to - from;
  return { ratePerSecond: durationMs > 0 ? (samples.length * 1000) / durationMs : 0, durationMs };
}
