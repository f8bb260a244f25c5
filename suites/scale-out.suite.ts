import { measureScaleOut } from "../harness/session/scale-out.ts";
import { currentSession } from "../harness/session/session.ts";
import { judgesPhase } from "./support/objectives.ts";

const FROM = 1;
const TO = 8;

describe(`How fast does a function scale out from ${FROM} to ${TO} replicas`, () => {
  const session = currentSession();

  before("scale fib out under load", async () => {
    await session.deploy("fib");
    await session.phase({ name: "scale-out", kind: "scale-out" }, () =>
      measureScaleOut(session, { phase: "scale-out", fn: "fib", from: FROM, to: TO }),
    );
  });

  judgesPhase("scale-out");
});
