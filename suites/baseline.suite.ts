import { judgesPhase, load, session } from "edgeproof";

const DURATION = { durationMs: 10_000 };

describe("How do functions answer with nothing added to the network", () => {
  const run = session.current();

  before("load three functions", async () => {
    await Promise.all([run.deploy("hello-world"), run.deploy("payload-echo"), run.deploy("fib")]);
    await run.phase({ name: "baseline", kind: "baseline", profile: "lcl" }, async (phase) => {
      await Promise.all([
        phase.load(load.open({ fn: "hello-world", ratePerSecond: 40, ...DURATION })),
        phase.load(load.open({ fn: "payload-echo", ratePerSecond: 35, bodyBytes: 10_000, ...DURATION })),
        phase.load(load.open({ fn: "fib", path: "?n=20", ratePerSecond: 35, ...DURATION })),
      ]);
    });
  });

  judgesPhase("baseline");
});
