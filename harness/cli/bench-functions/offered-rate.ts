import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Measured } from "../../../chaos/bench/figure.ts";
import { runLoad } from "../../load/k6-load.ts";
import { BIN_PATH } from "../../rig/driver/node-paths.ts";
import type { Rig } from "../../rig/rig.ts";

const RATE = 100;
const DURATION_MS = 20_000;
const LIMIT = 0.001;

/** How far the rate at which k6 starts requests is from the one that was asked for. */
export async function offeredRate(rig: Rig): Promise<Measured> {
  const fn = "hello-world";
  const { nodePort } = await rig.functions.deploy({ name: fn, image: rig.image(fn), replicas: 1 });
  const folder = await mkdtemp(join(tmpdir(), "edgeproof-bench-"));
  try {
    const url = `http://${rig.entry.overlay}:${nodePort}/`;
    const { samples, account } = await runLoad(
      rig.tester,
      { phase: "bench", fn, url, ratePerSecond: RATE, durationMs: DURATION_MS },
      { k6Path: `${BIN_PATH}/k6`, rawFile: join(folder, "raw.gz") },
    );
    const starts = samples.map(({ startedAt }) => startedAt);
    const spanMs = Math.max(...starts) - Math.min(...starts);
    const rate = ((starts.length - 1) * 1000) / spanMs;
    const off = Math.abs(rate / RATE - 1);
    return {
      group: "functions",
      what: `k6 at ${RATE}/s, off by`,
      measured: off * 100,
      unit: "%",
      target: `<= ${LIMIT * 100}`,
      met: off <= LIMIT && account.dropped === 0,
      note: `${rate.toFixed(3)}/s, ${account.dropped} dropped`,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rig.functions.remove(fn);
  }
}
