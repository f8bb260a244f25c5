import { fault, judgesPhase, load, session } from "edgeproof";

const RATE = 30;
const FAULT_MS = 12_000;

describe("What does a user notice when a pod of a function is killed", () => {
  const run = session.current();
  const killed = fault.functionPodKilled({ function: "hello-world", pods: 1 });

  before("kill a pod under load", async () => {
    await run.deploy("hello-world");
    await run.phase({ name: "pod-killed", kind: "fault", faults: [killed] }, async (phase) => {
      await phase.load(load.open({ fn: "hello-world", ratePerSecond: RATE, durationMs: FAULT_MS }));
    });
  });

  judgesPhase("pod-killed");
});
