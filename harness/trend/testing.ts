import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { RecordedRun, RunHeader } from "../record/model.ts";
import { header, phase, runOf, samplesOf, START, type RunParts } from "../record/testing.ts";
import { RunRecorder } from "../record/run-folder.ts";
import { Random } from "../statistics/random.ts";

const DAY = 86_400_000;
const lcl = phase("lcl");

/** Run number `index` of a series, a day apart, of 600 requests around `median` ms. */
export function seriesRun(
  index: number,
  median: number,
  parts: RunParts & { header?: Partial<RunHeader> } = {},
): RecordedRun {
  const random = new Random(1000 + index);
  const times = Array.from({ length: 600 }, () => median * Math.exp(0.1 * random.normal()));
  const startedAt = START + index * DAY;
  const run = runOf({ phases: [lcl], samples: samplesOf(lcl, times), ...parts });
  return { ...run, header: { ...header, id: `run-${index}`, startedAt, ...parts.header } };
}

/** Writes runs below `root/runs`, as `edgeproof run` does, and returns their folders. */
export function writeRuns(root: string, runs: readonly RecordedRun[]): string[] {
  mkdirSync(root, { recursive: true });
  return runs.map((run) => {
    const { schema: _schema, id: _id, ...facts } = run.header;
    const recorder = new RunRecorder({ root, header: facts });
    recorder.samples(run.samples);
    for (const event of run.events) recorder.event(event);
    return join(recorder.folder);
  });
}
