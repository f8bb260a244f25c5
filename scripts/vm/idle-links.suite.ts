// Run by `npm run test:ssh -- --only links`, on virtual machines that are taken as real nodes (docs/vm.md).
import { setTimeout as delay } from "node:timers/promises";

import { fault, judgesPhase, load, type PlannedFault, session } from "edgeproof";

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

  for (const [name, planned] of Object.entries(FAULTS))
    describe(`with a fault: ${name}`, () => {
      const phase = `idle-${name}`;
      before("wait with it in force", async function () {
        this.timeout(3 * IDLE_MS);
        const spec = { name: phase, kind: "fault", profile: "lcl", faults: [planned] } as const;
        await run.phase(spec, () => delay(IDLE_MS));
      });
      // What it asserts is the receipt.
      judgesPhase(phase, { required: false });
    });

  describe("and functions answer afterwards", () => {
    before("load one a little", async () => {
      await run.deploy("hello-world");
      await run.phase({ name: "afterwards", kind: "healed", profile: "lcl" }, async (phase) => {
        await phase.load(load.open({ fn: "hello-world", ratePerSecond: 40, durationMs: 4_000 }));
      });
    });
    judgesPhase("afterwards");
  });
});
