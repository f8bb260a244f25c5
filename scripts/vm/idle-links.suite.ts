// Run by `npm run test:ssh -- --only links`, on virtual machines that are taken as real nodes (docs/vm.md).
import { fault, type PlannedFault, session } from "edgeproof";

import { underEachFault } from "./under-each-fault.ts";

/**
 * Emulated machines that answer requests take some ten milliseconds more for a ping, and scatter by 3 to 6 ms when they are
 * idle: the jitter of a profile (0.4 ms) cannot be proved on them.
 */
const IDLE_MS = 60_000;
const LINK = { from: "cloud-1", to: "edge-1", bothWays: true };

const FAULTS: Record<string, PlannedFault> = {
  delay: fault.linkDelay({ target: LINK, delay: "50ms" }),
  loss: fault.linkLoss({ target: LINK, loss: "20%" }),
  partition: fault.linkPartition({ target: LINK }),
};

describe("What links between machines with kernels of their own do, with nothing else going on", () => {
  const run = session.current();
  underEachFault({
    ...{ prefix: "idle", faults: FAULTS, windowMs: IDLE_MS, limitMs: 3 * IDLE_MS },
    deploy: (fn) => run.deploy(fn),
  });
});
