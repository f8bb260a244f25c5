import { judgesPhase, measure, session } from "edgeproof";

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

const run = session.current();

describe("How long does a user wait for a function that has no pod", () => {
  before("wake hello-world", async function () {
    this.timeout(240_000);
    const fn = "hello-world-zero";
    await run.deployAutoscaled(fn, {
      image: "hello-world",
      minReplicas: 0,
      maxReplicas: 4,
      targetConcurrency: 10,
    });
    await run.phase({ name: "cold-start", kind: "scale-out" }, async () => {
      await measure.coldStart(run, { phase: "cold-start", fn });
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
      image: "sleep" as const,
      minReplicas: FROM,
      maxReplicas: MAX_REPLICAS,
      initialReplicas: FROM,
      targetConcurrency: 1,
    };
    await run.deployAutoscaled(fn, autoscale);
    await run.settle(fn, FROM, 30_000);
    await run.phase({ name: phase, kind: "scale-out" }, () =>
      measure.loadStep(run, {
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
      await run.phase({ name: phase, kind: "steady" }, () =>
        measure.scaleIn(run, {
          ...{ phase, fn: "sleep-scaled", path: `?ms=${TIME_IN_FUNCTION_MS}` },
          ...{ ratePerSecond: RATE / 8, durationMs: SCALE_IN_MS, to: FROM },
        }),
      );
    });

    judgesPhase("scale-in");
  });
});
