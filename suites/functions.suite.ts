import { judgesPhase, load, session } from "edgeproof";

const FUNCTIONS = [
  { fn: "hello-world" },
  // Some ten milliseconds on a desktop core: most of the answer's time is the function's own.
  { fn: "fib", path: "?n=31" },
] as const;

describe("How do functions answer when nothing is added, for long enough to compare", () => {
  const run = session.current();

  before("load a function that does nothing, and then one that computes", async () => {
    await Promise.all(FUNCTIONS.map(({ fn }) => run.deploy(fn)));
    // One after the other: on a rig of few cores a slower function would slow the other one as well.
    for (const asked of FUNCTIONS)
      await run.phase({ name: asked.fn, kind: "steady", profile: "lcl" }, async (phase) => {
        await phase.load(load.open({ ...asked, ratePerSecond: 40, durationMs: 15_000 }));
      });
  });

  for (const { fn } of FUNCTIONS) describe(`when ${fn} is asked`, () => judgesPhase(fn));
});
