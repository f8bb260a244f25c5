import { faultedMessagePhase } from "../harness/session/message-phase.ts";
import { EVENTS, relayReady } from "../harness/session/messages.ts";
import { ASIDE_MS, deploysRelay, exchangesUndisturbed } from "../harness/session/message-suite.ts";
import { currentSession } from "../harness/session/session.ts";
import { judgesPhase } from "edgeproof";

const RATE = 20;
const CALM = { ratePerSecond: RATE, durationMs: 10_000, drainMs: 5_000, channels: [EVENTS] };
const BROKEN = { ratePerSecond: RATE, durationMs: 20_000, drainMs: 30_000, channels: [EVENTS] };

const session = currentSession();

describe("What becomes of events that a function puts into a store", () => {
  deploysRelay(session);

  describe("with nothing broken", () => {
    exchangesUndisturbed(session, "steady", CALM);
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
