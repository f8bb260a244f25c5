import { measureSaturation } from "../harness/session/saturation.ts";
import { currentSession } from "../harness/session/session.ts";
import { judgesPhase } from "./support/objectives.ts";

describe("How many requests a second does a function keep up with", () => {
  const session = currentSession();

  before("load a function that computes, ever more", async function () {
    this.timeout(600_000);
    await session.deploy("fib");
    await session.phase({ name: "saturation", kind: "steady", profile: "lcl" }, () =>
      measureSaturation(session, {
        ...{ phase: "saturation", fn: "fib", path: "?n=31" },
        ...{ from: 8, most: 1024, ratio: 1.25 },
        ...{ stepMs: 8000, timeoutMs: 4000, goodput: 0.99, p95Ms: 1000 },
      }),
    );
  });

  judgesPhase("saturation");
});
