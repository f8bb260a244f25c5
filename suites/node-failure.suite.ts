import { judgesPhase, load, measure, session } from "edgeproof";

const RATE = 30;
const REQUEST_TIMEOUT_MS = 2_000;
/** Twice what it takes until the pods are replaced. */
const OUTAGE_MS = 24_000;
const HEALED_MS = 7_000;

describe("What does the power cut of a worker do, and is it undone", () => {
  const run = session.current();
  const { clusterNodes } = run.rig;
  const victim = clusterNodes.find(({ role }) => role === "agent");
  if (!victim) throw new Error("the topology has no agent");

  before("kill a worker under load, then power it on", async () => {
    await run.deploy("hello-world");
    await measure.nodeOutage(run, {
      ...{ phase: "node-kill", fn: "hello-world", node: victim.name },
      ...{ ratePerSecond: RATE, durationMs: OUTAGE_MS, timeoutMs: REQUEST_TIMEOUT_MS },
    });
  });

  judgesPhase("node-kill");

  describe("and when it is back", () => {
    before("load again", async () => {
      // Healed is when the node's old pod is gone and the replicas are ready, not when the node says that it is.
      await run.settle("hello-world", clusterNodes.length, 60_000);
      // For some seconds after a node's return a tenth of the requests may still hang (seen in 2 of 8 runs).
      await run.untilAnswering("hello-world", 60_000);
      await run.phase({ name: "node-back", kind: "healed" }, async (phase) => {
        await phase.load(load.open({ fn: "hello-world", ratePerSecond: RATE, durationMs: HEALED_MS }));
      });
    });

    judgesPhase("node-back");
  });
});
