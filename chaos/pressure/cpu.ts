import { Worker } from "node:worker_threads";

const PERIOD_MS = 20;

/**
 * Busy for its share of every period, by the wall clock: what it does not get of a busy CPU it waits for, and that is
 * pressure too. Plain text, so that the bundle stays one file.
 */
const WORKER = `
const { workerData: { load, periodMs } } = require("node:worker_threads");
const cell = new Int32Array(new SharedArrayBuffer(4));
for (let begin = performance.now(); ; ) {
  while (performance.now() < begin + load * periodMs);
  begin = Math.max(begin + periodMs, performance.now());
  if (load < 1) Atomics.wait(cell, 0, 0, begin - performance.now());
}`;

/** Keeps `workers` CPUs busy for the share `load` (0..1) of the time. */
export function burnCpu(workers: number, load: number): void {
  for (let made = 0; made < workers; made++)
    new Worker(WORKER, { eval: true, workerData: { load, periodMs: PERIOD_MS } }).on("error", (error) => {
      throw error;
    });
}
