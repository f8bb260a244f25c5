import { readFile } from "node:fs/promises";

import type { NodeHandle } from "../../harness/rig/node-handle.ts";

const BOOT_ID = "/proc/sys/kernel/random/boot_id";
/** Of which the fastest counts. */
const TRIES = 4;
const READ_LIMIT_MS = 10_000;
/** Clocks are looked at again after this time, ms. */
const FRESH_MS = 60_000;

interface Clock {
  /** Boot id: machines of one kernel have one clock. Undefined where it could not be read. */
  kernel: string | undefined;
  /** Of the tester's wall clock, ms; 0 where it cannot be told from none. */
  aheadMs: number;
  learntAt: number;
}

const known = new WeakMap<NodeHandle, Clock>();

/** Looks at the wall clocks of machines. One that cannot be read counts as right: probes of it fail by themselves. */
export async function learnClocks(nodes: readonly NodeHandle[]): Promise<void> {
  const own = await readFile(BOOT_ID, "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
  await Promise.all(
    nodes.map(async (node) => {
      const learntAt = performance.now();
      if (learntAt - (known.get(node)?.learntAt ?? -Infinity) < FRESH_MS) return;
      const kernel = await node.readFile(BOOT_ID).then(
        (text) => text.toString("utf8").trim(),
        () => undefined,
      );
      const shared = kernel !== undefined && kernel === own;
      const aheadMs = shared ? 0 : await measureAhead(node).catch(() => 0);
      known.set(node, { kernel, aheadMs, learntAt });
    }),
  );
}

/**
 * How far the machine's clock is ahead. It was read between question and answer, so the middle is wrong by half of that
 * time at most (RFC 5905, section 8): less than that is no difference.
 */
async function measureAhead(node: NodeHandle): Promise<number> {
  let best = { aheadMs: 0, errorMs: Infinity };
  for (let left = TRIES; left > 0; left--) {
    const askedAt = Date.now();
    const began = performance.now();
    const { stdout } = await node.exec(["date", "+%s.%N"], { timeoutMs: READ_LIMIT_MS });
    const errorMs = (performance.now() - began) / 2;
    if (errorMs < best.errorMs) best = { aheadMs: Number(stdout) * 1000 - (askedAt + errorMs), errorMs };
  }
  return Math.abs(best.aheadMs) > best.errorMs ? best.aheadMs : 0;
}

/** A time that a machine's wall clock told, ms since the epoch, on the tester's. */
export const onTesterClock = (node: NodeHandle, at: number): number => at - (known.get(node)?.aheadMs ?? 0);

/** Whether two machines are known to have clocks of their own, which drift apart. */
export function haveOwnClocks(a: NodeHandle, b: NodeHandle): boolean {
  const [one, other] = [known.get(a)?.kernel, known.get(b)?.kernel];
  return one !== undefined && other !== undefined && one !== other;
}
