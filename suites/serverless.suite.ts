import { measureColdStart } from "../harness/session/cold-starts.ts";
import { measureLoadStep, measureScaleIn } from "../harness/session/load-step.ts";
import { currentSession } from "../harness/session/session.ts";
import { judgesPhase } from "./support/objectives.ts";

/** One that the load goes up from: a step from nothing would measure the cold start once more. */
const FROM = 1;
const MAX_REPLICAS = 8;
const TIME_IN_FUNCTION_MS = 250;
const RATE = 16;
/** Requests in flight by Little's law, of which the autoscaler gives each replica one. */
const TO = (RATE * TIME_IN_FUNCTION_MS) / 1000;
const STEP_MS = 12_000;
/** The window of the autoscaler, and a tick of 2 s for each halving. */
const SCALE_IN_MS = 20_000;

const session = currentSession();

describe("How long does a user wait for a function that has no pod", () => {
  before("wake hello-world", async function () {
    this.timeout(240_000);
    const fn = "hello-world-zero";
    await session.deployAutoscaled(fn, "hello-world", {
      minReplicas: 0,
      maxReplicas: 4,
      targetConcurrency: 10,
    });
    await session.phase({ name: "cold-start", kind: "scale-out" }, async () => {
      await measureColdStart(session, { phase: "cold-start", fn });
    });
  });

  judgesPhase("cold-start");
});

describe(`How fast does a load of ${RATE} requests a second scale a function out from ${FROM} to ${TO}`, () => {
  before("load sleep all at once", async function () {
    this.timeout(120_000);
    const phase = "load-scale-out";
    const fn = "sleep-scaled";
    const autoscale = {
      minReplicas: FROM,
      maxReplicas: MAX_REPLICAS,
      initialReplicas: FROM,
      targetConcurrency: 1,
    };
    await session.deployAutoscaled(fn, "sleep", autoscale);
    await session.rig.functions.settle(fn, FROM, 30_000);
    await session.phase({ name: phase, kind: "scale-out" }, () =>
      measureLoadStep(session, {
        ...{ phase, fn, path: `?ms=${TIME_IN_FUNCTION_MS}` },
        ...{ ratePerSecond: RATE, durationMs: STEP_MS, to: TO },
      }),
    );
  });

  judgesPhase("load-scale-out");

  describe("and in again, when the load falls to an eighth", () => {
    before("load sleep less", async function () {
      this.timeout(120_000);
      const phase = "scale-in";
      await session.phase({ name: phase, kind: "steady" }, () =>
        measureScaleIn(session, {
          ...{ phase, fn: "sleep-scaled", path: `?ms=${TIME_IN_FUNCTION_MS}` },
          ...{ ratePerSecond: RATE / 8, durationMs: SCALE_IN_MS, to: FROM },
        }),
      );
    });

    judgesPhase("scale-in");
  });
});
