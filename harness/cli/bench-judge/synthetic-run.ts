import { RUN_SCHEMA, type RecordedRun, type RunEvent, type Sample } from "../../record/model.ts";

const RATE_PER_SECOND = 100;

/** A whole, quiet run of one phase, function and device class with these response times in ms. */
export function syntheticRun(times: Float64Array): RecordedRun {
  const interval = 1000 / RATE_PER_SECOND;
  const durationMs = times.length * interval;
  const samples = Array.from(times, (time, i): Sample => ({
    phase: "load",
    fn: "synthetic",
    intendedAt: i * interval,
    startedAt: i * interval,
    durationMs: time,
    outcome: "completed",
    status: 200,
    errorCode: 0,
    pod: "synthetic-0",
    node: "node-1",
    deviceClass: "synthetic",
  }));
  const count = times.length;
  const events: RunEvent[] = [
    {
      type: "phase",
      at: 0,
      phase: { name: "load", kind: "steady", profile: "lcl", startedAt: 0, endedAt: durationMs, faults: [] },
    },
    {
      type: "load",
      at: durationMs,
      account: {
        phase: "load",
        fn: "synthetic",
        planned: count,
        offered: count,
        completed: count,
        failed: 0,
        timedOut: 0,
        dropped: 0,
        ratePerSecond: RATE_PER_SECOND,
        durationMs,
      },
    },
    {
      type: "pressure",
      at: durationMs,
      pressure: { phase: "load", cores: 2, cpuBusy: 0.1, cpuSteal: 0, psiCpuSome: 0 },
    },
    { type: "end", at: durationMs, status: "finished" },
  ];
  return {
    folder: "synthetic",
    header: {
      schema: RUN_SCHEMA,
      id: "synthetic",
      suite: "synthetic",
      topology: "synthetic",
      engine: "none",
      wanBackend: "none",
      functionsLayer: "none",
      seed: 1,
      startedAt: 0,
      versions: {},
      host: { os: "none", kernel: "none", cores: 2, memoryMiB: 0, containerEngine: "none" },
      nodes: [
        {
          name: "node-1",
          role: "agent",
          site: "site",
          deviceClass: "synthetic",
          emulation: "none",
          architecture: "none",
        },
      ],
      settings: {},
    },
    events,
    samples,
    complete: true,
  };
}
