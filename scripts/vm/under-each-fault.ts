import { setTimeout as delay } from "node:timers/promises";

import { judgesPhase, load, type PlannedFault, session } from "edgeproof";

export interface UnderEachFault {
  /** What phases are called by, before the fault's own name. */
  prefix: string;
  faults: Readonly<Record<string, PlannedFault>>;
  windowMs: number;
  /** For the whole of a phase, its probes included. */
  limitMs: number;
  /** Deploys the function that has to answer afterwards. */
  deploy: (fn: "hello-world") => Promise<void>;
}

/** Defines a test of each fault's receipt, with nothing else going on; and that functions answer afterwards. */
export function underEachFault({ prefix, faults, windowMs, limitMs, deploy }: UnderEachFault): void {
  const run = session.current();

  for (const [name, planned] of Object.entries(faults))
    describe(`with a fault: ${name}`, () => {
      const phase = `${prefix}-${name}`;
      before("wait with it in force", async function () {
        this.timeout(limitMs);
        const spec = { name: phase, kind: "fault", profile: "lcl", faults: [planned] } as const;
        await run.phase(spec, () => delay(windowMs));
      });
      // What it asserts is the receipt.
      judgesPhase(phase, { required: false });
    });

  describe("and functions answer afterwards", () => {
    before("load one a little", async () => {
      await deploy("hello-world");
      await run.phase({ name: "afterwards", kind: "healed", profile: "lcl" }, async (phase) => {
        await phase.load(load.open({ fn: "hello-world", ratePerSecond: 40, durationMs: 4_000 }));
      });
    });
    judgesPhase("afterwards");
  });
}
