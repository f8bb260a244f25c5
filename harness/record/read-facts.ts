import { createReadStream, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

import { damaged, readEvents, sampleFiles } from "./read-run.ts";
import { GroupsBuilder, mergeGroups, type RequestGroup } from "./request-groups.ts";
import type { RunFacts } from "./run-facts.ts";
import { BadSample, SampleScanner } from "./scan-samples.ts";
import { scanWorker, type ScanAnswer } from "./scan-worker-file.ts";

/** Lines of samples that begin in [from, to) of a file. */
export interface Stretch {
  file: string;
  from: number;
  to: number;
}

/** Bytes below which a second thread takes longer to start than it saves. */
const WORTH_A_THREAD = 64 * 1024 * 1024;

/** Files cut into `parts` shares of about the same size. */
export function shares(files: readonly { file: string; size: number }[], parts: number): Stretch[][] {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  const all = Array.from({ length: parts }, (): Stretch[] => []);
  for (const { file, size } of files) {
    for (const [part, share] of all.entries()) {
      const from = Math.max(0, Math.round((total * part) / parts) - before);
      const to = Math.min(size, Math.round((total * (part + 1)) / parts) - before);
      if (from < to) share.push({ file, from, to });
    }
    before += size;
  }
  return all;
}

async function lineAt(file: string, offset: number): Promise<number> {
  let lines = 1;
  if (offset === 0) return lines;
  for await (const chunk of createReadStream(file, { end: offset - 1 }))
    for (const byte of chunk as Buffer) if (byte === 10) lines++;
  return lines;
}

/** Groups of the samples in these stretches, or the first line that is none. */
export function scanStretches(stretches: readonly Stretch[]): ScanAnswer {
  const groups = new GroupsBuilder();
  const scanner = new SampleScanner(groups);
  for (const { file, from, to } of stretches) {
    try {
      scanner.scan(file, from, to);
    } catch (error) {
      if (error instanceof BadSample) return { file, offset: error.offset, message: error.message };
      throw error;
    }
  }
  return groups.finish();
}

const inThread = (stretches: readonly Stretch[]): Promise<ScanAnswer> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(scanWorker(), { workerData: stretches });
    worker.once("message", resolve);
    worker.once("error", reject);
  });

/**
 * Reads a run for judging, its samples as they lie on the disk and never all at once: ten millions need 300 MB. The same
 * errors as `readRun`.
 */
export async function readFacts(folder: string): Promise<RunFacts> {
  const run = readEvents(folder);
  const files = sampleFiles(folder).map((file) => ({ file, size: statSync(file).size }));
  const size = files.reduce((sum, one) => sum + one.size, 0);
  const threads = size < WORTH_A_THREAD ? 1 : Math.min(2, availableParallelism());
  const [own = [], ...others] = shares(files, threads);
  const elsewhere = others.map(inThread);
  const answers = [scanStretches(own), ...(await Promise.all(elsewhere))];
  const groups: RequestGroup[][] = [];
  for (const answer of answers) {
    if (Array.isArray(answer)) groups.push(answer);
    else throw damaged(`${answer.file}:${await lineAt(answer.file, answer.offset)}`, answer.message);
  }
  return { ...run, requests: mergeGroups(groups) };
}
