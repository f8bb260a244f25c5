import type { ScenarioFault } from "./model.ts";

/** One injection of a fault with its heal; ms from the beginning of the fault phase. */
export interface TimelineEntry {
  /** Unique within the phase: a repetition has its number behind the fault's name. */
  name: string;
  fault: ScenarioFault;
  startMs: number;
  /** Planned; the time in force is counted from when the fault is injected. */
  endMs: number;
}

/** Every injection in the order of its start; those that start together keep the order of the file. */
export const timelineOf = (faults: readonly ScenarioFault[], durationMs: number): TimelineEntry[] =>
  faults
    .flatMap((fault) => {
      const { name, atMs, forMs, repeat } = fault;
      return Array.from({ length: repeat?.times ?? 1 }, (_, index): TimelineEntry => {
        const startMs = atMs + index * (repeat?.everyMs ?? 0);
        const endMs = forMs === undefined ? Math.max(durationMs, startMs) : startMs + forMs;
        return { name: index === 0 ? name : `${name}-${index + 1}`, fault, startMs, endMs };
      });
    })
    .sort((a, b) => a.startMs - b.startMs);

/** What is wrong with the times of a fault; undefined if nothing is. */
export function timeProblem(
  { atMs, forMs, repeat }: Pick<ScenarioFault, "atMs" | "forMs" | "repeat">,
  durationMs: number,
): { key: "at" | "for" | "repeat"; message: string; expected: string } | undefined {
  if (repeat && forMs === undefined)
    return { key: "repeat", message: "`repeat` has no `for`", expected: "how long each time is in force" };
  if (repeat && forMs !== undefined && repeat.everyMs <= forMs)
    return {
      key: "repeat",
      message: "the fault begins again before it has ended",
      expected: "`every` longer than `for`",
    };
  if (atMs >= durationMs)
    return {
      key: "at",
      message: "the fault begins after the phase",
      expected: "before the phase's duration",
    };
  const last = atMs + (repeat ? (repeat.times - 1) * repeat.everyMs : 0) + (forMs ?? 0);
  if (last <= durationMs) return undefined;
  return {
    key: repeat ? "repeat" : "for",
    message: `the fault ends ${(last / 1000).toFixed(1)} s after the phase began, which takes ${(durationMs / 1000).toFixed(1)} s`,
    expected: "an end within the phase's duration",
  };
}
