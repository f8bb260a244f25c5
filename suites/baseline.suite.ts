import { currentSession } from "../harness/session/session.ts";
import { judgesPhase } from "./support/objectives.ts";

const DURATION_MS = 10_000;

describe("How do functions answer with nothing added to the network", () => {
  const session = currentSession();

  before("load three functions", async () => {
    await Promise.all([session.deploy("hello-world"), session.deploy("payload-echo"), session.deploy("fib")]);
    const phase = "baseline";
    await session.phase({ name: phase, kind: "baseline", profile: "lcl" }, async () => {
      await Promise.all([
        session.load({ phase, fn: "hello-world", ratePerSecond: 40, durationMs: DURATION_MS }),
        session.load({
          phase,
          fn: "payload-echo",
          ratePerSecond: 35,
          durationMs: DURATION_MS,
          bodyBytes: 10_000,
        }),
        session.load({ phase, fn: "fib", path: "?n=20", ratePerSecond: 35, durationMs: DURATION_MS }),
      ]);
    });
  });

  judgesPhase("baseline");
});
