import { faultedMessagePhase } from "../harness/session/message-phase.ts";
import { relayReady } from "../harness/session/messages.ts";
import { ASIDE_MS, deploysRelay, exchangesUndisturbed } from "../harness/session/message-suite.ts";
import { currentSession } from "../harness/session/session.ts";
import { judgesPhase } from "edgeproof";

/** Of each channel. */
const RATE = 20;
const CALM = { ratePerSecond: RATE, durationMs: 10_000, drainMs: 5_000 };
/** Long enough for what a fault measures before it begins, for the fault, and for messages after it. */
const BROKEN = { ratePerSecond: RATE, durationMs: 24_000, drainMs: 15_000 };
/** The machines at which messages begin and are answered; brokers are at pi4-1 (fixtures/topologies/messaging.yaml). */
const BROKERS_LINK = "{ from: pi4-1, to: { nodes: [tester, pi3-1] }, bothWays: true }";

interface Breakage {
  phase: string;
  question: string;
  faults: string;
  /** Fault by the kind of broker that it kills. */
  kills?: Record<string, string>;
}

const BREAKAGES: Breakage[] = [
  {
    phase: "broker-link-loss",
    question: "the brokers' link loses packets",
    faults: `- { fault: link-loss, at: 1s, for: 8s, target: ${BROKERS_LINK}, loss: 10% }`,
  },
  {
    phase: "broker-partition",
    question: "the brokers are cut off for less long than sessions live",
    faults: `- { fault: link-partition, at: 1s, for: 5s, target: ${BROKERS_LINK} }`,
  },
  {
    phase: "broker-reset",
    question: "connections of the publisher are reset",
    faults: [
      "- { fault: stream-reset-peer, name: reset-mosquitto, at: 1s, for: 4s, target: { point: workload, service: mosquitto } }",
      "- { fault: stream-reset-peer, name: reset-nats, at: 1s, for: 4s, target: { point: workload, service: nats } }",
    ].join("\n"),
  },
  {
    phase: "broker-killed",
    question: "the brokers are killed, and come back with their disks",
    faults: [
      "- { fault: workload-killed, name: kill-mosquitto, at: 3s, for: 4s, workload: mosquitto }",
      "- { fault: workload-killed, name: kill-nats, at: 3s, for: 4s, workload: nats }",
    ].join("\n"),
    kills: { mosquitto: "kill-mosquitto", nats: "kill-nats" },
  },
];

const session = currentSession();

describe("What becomes of messages", () => {
  deploysRelay(session);

  describe("with nothing broken", () => {
    exchangesUndisturbed(session, "steady", CALM);
    judgesPhase("steady");
  });

  for (const { phase, question, faults, kills } of BREAKAGES)
    describe(`when ${question}`, () => {
      before(async function () {
        this.timeout(BROKEN.durationMs + BROKEN.drainMs + 2 * ASIDE_MS);
        const recoveryFrom = kills ? { kills } : "end";
        await faultedMessagePhase(session, { phase, faults, recoveryFrom, ...BROKEN });
        await relayReady(session, ASIDE_MS);
      });
      judgesPhase(phase);
    });

  describe("when all of that is over", () => {
    exchangesUndisturbed(session, "healed", CALM);
    judgesPhase("healed");
  });
});
