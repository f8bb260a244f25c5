// Run by `npm run test:ssh -- --only machine-faults`, on machines that are taken as real nodes (docs/vm.md).
import { setTimeout as delay } from "node:timers/promises";

import { fault, judgesPhase, load, type PlannedFault, session } from "edgeproof";

const WINDOW_MS = 30_000;
const AGENT = "edge-1";

/** What a container cannot have: it shares its host's kernel and clock. */
const FAULTS: Record<string, PlannedFault> = {
  "clock-skew": fault.clockSkew({ target: AGENT, offset: "30s" }),
  reboot: fault.nodeReboot({ target: AGENT }),
};

describe("What faults do that only a machine with a kernel of its own can have", () => {
  const run = session.current();

  for (const [name, planned] of Object.entries(FAULTS))
    describe(`with a fault: ${name}`, () => {
      const phase = `machine-${name}`;
      before("wait with it in force", async function () {
        this.timeout(15 * 60_000);
        const spec = { name: phase, kind: "fault", profile: "lcl", faults: [planned] } as const;
        await run.phase(spec, () => delay(WINDOW_MS));
      });
      // What it asserts is the receipt.
      judgesPhase(phase, { required: false });
    });

  describe("and functions answer afterwards", () => {
    before("load one a little", async () => {
      await run.deploy("hello-world", run.rig.clusterNodes.length);
      await run.untilAnswering("hello-world", 120_000);
      await run.phase({ name: "afterwards", kind: "healed", profile: "lcl" }, async (phase) => {
        await phase.load(load.open({ fn: "hello-world", ratePerSecond: 40, durationMs: 4_000 }));
      });
    });
    judgesPhase("afterwards");
  });
});
