import { evidenceOf } from "../harness/judge/evidence.ts";
import { quantile, sorted } from "../harness/judge/quantile.ts";
import { groupBy } from "../harness/record/group-by.ts";
import type { RecordedRun } from "../harness/record/model.ts";
import { bucketsOf } from "./html/timeline/buckets.ts";

/** What a terminal shows of one phase's open load. */
export interface PhaseSummary {
  name: string;
  requests: number;
  /** Of the completed requests, ms; NaN if none completed. */
  p50: number;
  p95: number;
  /** Share of the requests that did not complete. */
  errors: number;
  /** p95 of each second; Infinity where none completed that was due, undefined where none was due. */
  p95BySecond: (number | undefined)[];
}

/** What a terminal shows of a run beside its verdicts: small, unlike the run itself. */
export interface RunSummary {
  id: string;
  suite: string;
  complete: boolean;
  phases: PhaseSummary[];
  /** Faults whose receipt holds, and all of them. */
  held: number;
  receipts: number;
  unheld: string[];
}

const phaseSummary = (name: string, samples: RecordedRun["samples"], startedAt: number): PhaseSummary => {
  const durations = sorted(
    samples.filter(({ outcome }) => outcome === "completed").map(({ durationMs }) => durationMs),
  );
  const buckets = bucketsOf(samples, [], { from: startedAt, width: 1000 });
  const last = Math.max(0, ...buckets.map(({ at }) => at / 1000));
  const p95BySecond = Array.from({ length: last + 1 }, (_, second) => {
    const bucket = buckets.find(({ at }) => at === second * 1000);
    if (!bucket || bucket.completed + bucket.failed + bucket.timedOut === 0) return undefined;
    return bucket.completed === 0 ? Infinity : bucket.p95;
  });
  return {
    ...{ name, requests: samples.length, p95BySecond },
    ...{ p50: quantile(durations, 0.5), p95: quantile(durations, 0.95) },
    errors: 1 - durations.length / samples.length,
  };
};

export const runSummary = (run: RecordedRun): RunSummary => {
  const { phases, receipts } = evidenceOf(run);
  const open = groupBy(
    run.samples.filter(({ model }) => model !== "closed"),
    ({ phase }) => phase,
  );
  return {
    ...{ id: run.header.id, suite: run.header.suite, complete: run.complete },
    phases: phases.flatMap(({ name, startedAt }) => {
      const samples = open.get(name);
      return samples ? [phaseSummary(name, samples, startedAt)] : [];
    }),
    held: receipts.filter(({ held }) => held).length,
    receipts: receipts.length,
    unheld: receipts.filter(({ held }) => !held).map(({ fault, phase }) => `${fault} in ${phase}`),
  };
};
