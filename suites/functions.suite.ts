import { judgesPhase, load, session } from "edgeproof";

const DURATION_MS = 30_000;

describe("How do functions answer when nothing is added, for long enough to compare", () => {
  const run = session.current();

  before("load a function that does nothing and one that computes", async () => {
    await Promise.all([run.deploy("hello-world"), run.deploy("fib")]);
    await run.phase({ name: "steady", kind: "steady", profile: "lcl" }, async (phase) => {
      const pace = { ratePerSecond: 20, durationMs: DURATION_MS };
      await Promise.all([
        phase.load(load.open({ fn: "hello-world", ...pace })),
        // Some ten milliseconds on a desktop core: most of the answer's time is the function's own.
        phase.load(load.open({ fn: "fib", path: "?n=31", ...pace })),
      ]);
    });
  });

  judgesPhase("steady");
});
