import { currentSession } from "../harness/session/session.ts";
import { judgesPhase } from "./support/objectives.ts";

const DURATION_MS = 30_000;

describe("How do functions answer when nothing is added, for long enough to compare", () => {
  const session = currentSession();

  before("load a function that does nothing and one that computes", async () => {
    await Promise.all([session.deploy("hello-world"), session.deploy("fib")]);
    const phase = "steady";
    await session.phase({ name: phase, kind: "steady", profile: "lcl" }, async () => {
      await Promise.all([
        session.load({ phase, fn: "hello-world", ratePerSecond: 20, durationMs: DURATION_MS }),
        // Some ten milliseconds on a desktop core: most of the answer's time is the function's own.
        session.load({ phase, fn: "fib", path: "?n=31", ratePerSecond: 20, durationMs: DURATION_MS }),
      ]);
    });
  });

  judgesPhase("steady");
});
