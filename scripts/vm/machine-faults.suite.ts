// Run by `npm run test:ssh -- --only machine-faults`, on machines that are taken as real nodes (docs/vm.md).
import { fault, type PlannedFault, session } from "edgeproof";

import { underEachFault } from "./under-each-fault.ts";

const WINDOW_MS = 30_000;
const AGENT = "edge-1";

/** What a container cannot have: it shares its host's kernel and clock. */
const FAULTS: Record<string, PlannedFault> = {
  "clock-skew": fault.clockSkew({ target: AGENT, offset: "30s" }),
  reboot: fault.nodeReboot({ target: AGENT }),
};

describe("What faults do that only a machine with a kernel of its own can have", () => {
  const run = session.current();
  underEachFault({
    ...{ prefix: "machine", faults: FAULTS, windowMs: WINDOW_MS, limitMs: 15 * 60_000 },
    async deploy(fn) {
      await run.deploy(fn, run.rig.clusterNodes.length);
      await run.untilAnswering(fn, 120_000);
    },
  });
});
