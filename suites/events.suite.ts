import { faultedMessagePhase, messagePhase } from "../harness/session/message-phase.ts";
import { deployRelay, EVENTS, freshWorkloads, relayReady } from "../harness/session/messages.ts";
import { currentSession } from "../harness/session/session.ts";
import { judgesPhase } from "./support/objectives.ts";

const RATE = 20;
const CALM = { ratePerSecond: RATE, durationMs: 10_000, drainMs: 5_000, channels: [EVENTS] };
const BROKEN = { ratePerSecond: RATE, durationMs: 20_000, drainMs: 30_000, channels: [EVENTS] };
const ASIDE_MS = 120_000;

const session = currentSession();

describe("What becomes of events that a function puts into a store", () => {
  before("deploy the function", async function () {
    this.timeout(ASIDE_MS);
    await freshWorkloads(session);
    await deployRelay(session, "pi3");
  });

  describe("with nothing broken", () => {
    before(async function () {
      this.timeout(CALM.durationMs + ASIDE_MS);
      await messagePhase(session, { phase: "steady", kind: "steady", ...CALM });
    });
    judgesPhase("steady");
  });

  for (const kind of ["s3", "nats"] as const)
    describe(`when ${kind} is killed, and comes back with its disk`, () => {
      const phase = `${kind}-killed`;
      before(async function () {
        this.timeout(BROKEN.durationMs + BROKEN.drainMs + 2 * ASIDE_MS);
        const faults = `- { fault: workload-killed, name: kill-${kind}, at: 3s, for: 4s, workload: ${kind} }`;
        await faultedMessagePhase(session, {
          ...{ phase, faults, ...BROKEN },
          // Every event goes through both.
          recoveryFrom: { kills: { nats: `kill-${kind}` } },
        });
        await relayReady(session, ASIDE_MS);
      });
      judgesPhase(phase);
    });
});
