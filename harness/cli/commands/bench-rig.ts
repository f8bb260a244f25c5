import { loadTopology } from "../../config/load.ts";
import type { Topology } from "../../config/model.ts";
import { startRig } from "../../rig/start-rig.ts";
import { prepareHost } from "../../setup/prepare-host.ts";
import type { Progress } from "../progress.ts";

const REPETITIONS = 3;
/** Limits of `npm run bench`; ratios within one run, because machines differ. */
const LIMITS = { bringUpRatio: 0.75, tearDownSeconds: 3, memoryMiB: 300 };

interface BringUp {
  upMs: number;
  downMs: number;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

export interface RigBench {
  figures: Record<string, number>;
  limits: Readonly<Record<string, number>>;
  results: { parallel: BringUp[]; serial: BringUp[] };
  met: boolean;
}

/**
 * Brings the same rig up in parallel and serially, interleaved, and compares the medians. The first bring-up of each
 * kind is not counted: it fills the caches.
 */
export async function benchRig(progress: Progress, signal: AbortSignal): Promise<RigBench> {
  // Without the functions layer, which has a benchmark of its own.
  const topology: Topology = { ...loadTopology("quickstart"), functionsLayer: "deployment" };
  const host = await prepareHost(progress.say, signal);
  const results: { parallel: BringUp[]; serial: BringUp[] } = { parallel: [], serial: [] };
  try {
    const once = async (kind: "parallel" | "serial"): Promise<BringUp> => {
      const concurrency = kind === "serial" ? { concurrency: 1 } : {};
      const rig = await startRig(topology, { name: "bench", seed: 1, signal, ...concurrency });
      const upMs = Math.max(...rig.parts.timings.map(({ endedAt }) => endedAt));
      const began = performance.now();
      await rig.down();
      const result = { upMs, downMs: performance.now() - began };
      progress.say(`${kind}: up ${(upMs / 1000).toFixed(2)} s, down ${(result.downMs / 1000).toFixed(2)} s`);
      return result;
    };
    await once("parallel");
    for (let i = 0; i < REPETITIONS; i++) {
      results.parallel.push(await once("parallel"));
      results.serial.push(await once("serial"));
    }
  } finally {
    await host[Symbol.asyncDispose]();
  }
  const parallel = median(results.parallel.map(({ upMs }) => upMs));
  const serial = median(results.serial.map(({ upMs }) => upMs));
  const down = median([...results.parallel, ...results.serial].map(({ downMs }) => downMs));
  const figures = {
    bringUpSeconds: parallel / 1000,
    serialBringUpSeconds: serial / 1000,
    bringUpRatio: parallel / serial,
    tearDownSeconds: down / 1000,
    memoryMiB: process.resourceUsage().maxRSS / 1024,
  };
  const met = Object.entries(LIMITS).every(([name, limit]) => figures[name as keyof typeof LIMITS] <= limit);
  return { figures, limits: LIMITS, results, met };
}
