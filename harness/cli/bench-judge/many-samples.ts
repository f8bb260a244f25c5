import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { execa } from "execa";

import type { Measured } from "../../../chaos/bench/figure.ts";
import { compareRuns } from "../../compare/compare.ts";
import { rigError } from "../../errors.ts";
import { projectFile } from "../../project.ts";
import type { Sample } from "../../record/model.ts";
import { syntheticRun } from "./synthetic-run.ts";
import { syntheticTimes } from "./synthetic-times.ts";

const MIB = 1024 * 1024;
const MOST_SECONDS = 5;
const MOST_MIB = 300;

const OBJECTIVES = `objectives:
${["p50", "p95", "p99"]
  .map(
    (percentile) =>
      `  - { name: ${percentile}, quantity: response-time, percentile: ${percentile}, limit: 1s, scope: { deviceClass: "*" } }\n`,
  )
  .join("")}  - { name: errors, quantity: error-rate, limit: 1%, scope: {} }
`;

/** Lines that are formatted at once. */
const BATCH = 50_000;

/** Writes a run of `count` samples as a recorder would; the folder's size is some 220 bytes a sample. */
function writeRun(folder: string, count: number): void {
  const small = syntheticRun(syntheticTimes("correlated", BATCH, 1));
  const events = small.events.map((event) => {
    if (event.type === "phase") return { ...event, phase: { ...event.phase, endedAt: count * 10 } };
    if (event.type !== "load") return event;
    const account = {
      ...event.account,
      planned: count,
      offered: count,
      completed: count,
      durationMs: count * 10,
    };
    return { ...event, account };
  });
  mkdirSync(join(folder, "samples"));
  writeFileSync(join(folder, "run.json"), JSON.stringify(small.header));
  writeFileSync(join(folder, "events.ndjson"), events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  const file = openSync(join(folder, "samples", "load.ndjson"), "w");
  try {
    for (let from = 0; from < count; from += BATCH) {
      const lines = small.samples.slice(0, count - from).map((sample, index): Sample => {
        const at = (from + index) * 10;
        // As k6's clock tells it, to the microsecond; pods differ as those of a function do.
        const durationMs = Math.round((sample.durationMs + from / count) * 1000) / 1000;
        return { ...sample, intendedAt: at, startedAt: at, durationMs, pod: `synthetic-${index % 8}` };
      });
      writeSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    }
  } finally {
    closeSync(file);
  }
}

/** `VmHWM` of a process: the most memory it ever had, bytes; 0 once it is gone. */
function mostMemory(pid: number): number {
  try {
    const [, kilobytes = "0"] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0;
  }
}

const speed = (what: string, measured: number, unit: string, most?: number): Measured => ({
  group: "speed",
  what,
  measured,
  unit,
  ...(most === undefined ? {} : { target: `at most ${most}`, met: measured <= most }),
});

/** Time and memory of `edgeproof judge` on a run of `count` samples in a folder of its own, which is removed. */
export async function judgeManySamples(count: number): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), "edgeproof-bench-"));
  try {
    writeRun(folder, count);
    const objectives = join(folder, "objectives.yaml");
    writeFileSync(objectives, OBJECTIVES);
    const start = performance.now();
    const args = [
      projectFile("scripts/edgeproof.mjs"),
      "judge",
      folder,
      "--objectives",
      objectives,
      "--json",
    ];
    const child = execa(process.execPath, args, { reject: false });
    let memory = 0;
    const timer = setInterval(() => (memory = Math.max(memory, mostMemory(child.pid ?? 0))), 20);
    const { exitCode, stderr } = await child;
    clearInterval(timer);
    const seconds = (performance.now() - start) / 1000;
    if (exitCode !== 0)
      throw rigError("BENCH_JUDGE", "the run of the benchmark was not judged", { cause: new Error(stderr) });
    return [
      speed(`judge ${count} samples, 4 objectives`, seconds, "s", MOST_SECONDS),
      speed("memory of it", memory / MIB, "MiB", MOST_MIB),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Time to compare two runs of `count` samples. */
export function compareManySamples(count: number): Measured {
  const [base, head] = [1, 2].map((seed) => syntheticRun(syntheticTimes("correlated", count, seed)));
  const start = performance.now();
  compareRuns(base!, head!, { effect: 0.05, seed: 1 });
  return speed(`compare two runs of ${count} samples`, (performance.now() - start) / 1000, "s");
}
