import { setTimeout as delay } from "node:timers/promises";

import { rigError } from "../../harness/errors.ts";
import type { SshConnections } from "../../harness/rig/driver/ssh/connections.ts";
import type { LabRun } from "./run-edgeproof.ts";

const POLL_MS = 3_000;
const HAS_TREE =
  'export PATH="$PATH:/usr/sbin:/sbin"; tc qdisc show | grep -q "htb ed00:" && echo yes || echo no';

/** Waits until no machine has a tree of netem any more, or (`gone: false`) until one has. Asks the kernels, past the rig. */
export async function treesGone(
  connections: SshConnections,
  { lab, signal }: LabRun,
  {
    gone,
    limitMs,
    of = lab.machines.map(({ name }) => name),
  }: { gone: boolean; limitMs: number; of?: string[] },
): Promise<void> {
  for (const deadline = Date.now() + limitMs; ; await delay(POLL_MS)) {
    signal.throwIfAborted();
    const asked = of.map(
      async (name) => (await connections.to(name).run(HAS_TREE, [])).stdout.trim() === "yes",
    );
    const found = await Promise.all(asked);
    const impaired = of.filter((_, index) => found[index]);
    if (gone ? impaired.length === 0 : impaired.length > 0) return;
    if (Date.now() > deadline)
      throw rigError("VM_LINKS", gone ? "links are still impaired" : "no link was impaired", {
        where: (gone ? impaired : of).join(", "),
        expected: `${gone ? "none" : "one"} within ${limitMs / 1000} s`,
      });
  }
}
