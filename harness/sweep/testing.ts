import type { RecordedTrial, SweepHeader } from "./model.ts";

/** A sweep's header for tests: delays from 40 to 90 ms. */
export const sweepHeader = (changes: Partial<SweepHeader> = {}): SweepHeader => ({
  schema: 1,
  suite: "wan-profile-burst",
  axis: {
    what: "link-delay.delay",
    fault: { name: "link-delay", parameter: "delay" },
    ...{ low: 40, high: 90, unit: "ms", whole: false },
  },
  ...{ resolution: 2, cap: 13, confidence: 0.95, seed: 1 },
  rig: { name: "quickstart", topology: "quickstart", engine: "kubernetes v1.34.4", wanBackend: "userspace" },
  versions: { edgeproof: "0.1.0" },
  value: { title: "first answer", unit: "ms" },
  startedAt: Date.UTC(2026, 0, 31, 12, 0, 0),
  ...changes,
});

/** Eight trials at each value, of a step between 67 and 68 ms, as far as a sweep of this header takes them. */
export const stepTrials = (): RecordedTrial[] =>
  [40, 90, 65, 77.5, 71.2, 68.1, 66.5].flatMap((x) =>
    Array.from({ length: 8 }, (_, index): RecordedTrial => {
      const ok = x < 67;
      const value = ok ? { value: 4 * x + index } : {};
      return { at: index, x, ok, ...value, detail: ok ? "answered" : "timed out" };
    }),
  );
