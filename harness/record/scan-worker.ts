import { parentPort, workerData } from "node:worker_threads";

import { scanStretches, type Stretch } from "./read-facts.ts";

// A thread that scans its share of a run's samples; the durations move to the other thread, they are not copied.
const answer = scanStretches(workerData as Stretch[]);
const buffers = Array.isArray(answer)
  ? answer.flatMap(({ completed }) => completed.map(({ buffer }) => buffer as ArrayBuffer))
  : [];
parentPort?.postMessage(answer, buffers);
