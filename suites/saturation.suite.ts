import { judgesPhase, measure, session } from "edgeproof";

describe("How many requests a second does a function keep up with", () => {
  const run = session.current();

  before("load a function that computes, ever more", async function () {
    this.timeout(600_000);
    await run.deploy("fib");
    await run.phase({ name: "saturation", kind: "steady", profile: "lcl" }, ({ name }) =>
      measure.saturation(run, {
        ...{ phase: name, fn: "fib", path: "?n=31" },
        ...{ from: 8, most: 1024, ratio: 1.25 },
        ...{ stepMs: 8000, timeoutMs: 4000, goodput: 0.99, p95Ms: 1000 },
      }),
    );
  });

  judgesPhase("saturation");
});
