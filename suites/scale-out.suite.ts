import { judgesPhase, measure, session } from "edgeproof";

const FROM = 1;
const TO = 8;

describe(`How fast does a function scale out from ${FROM} to ${TO} replicas`, () => {
  const run = session.current();

  before("scale fib out under load", async () => {
    await run.deploy("fib");
    await run.phase({ name: "scale-out", kind: "scale-out" }, ({ name }) =>
      measure.scaleOut(run, { phase: name, fn: "fib", from: FROM, to: TO }),
    );
  });

  judgesPhase("scale-out");
});
