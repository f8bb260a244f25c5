import { StreamLatency } from "../chaos/faults/stream-fault.ts";
import { currentSession } from "../harness/session/session.ts";
import { judgesPhase } from "./support/objectives.ts";

const LATENCY_MS = 50;
const DURATION_MS = 8_000;

describe(`How do functions answer when their streams are ${LATENCY_MS} ms late`, () => {
  const session = currentSession();

  before("load hello-world through a slow gateway", async () => {
    await session.deploy("hello-world");
    const phase = "stream-latency";
    const { proxy, streamUrl } = session.gateway.route("hello-world");
    const from = session.rig.tester;
    const fault = new StreamLatency({
      phase,
      proxy,
      from,
      probeUrl: `${streamUrl}healthz`,
      latencyMs: LATENCY_MS,
    });
    await session.phase({ name: phase, kind: "fault", faults: [fault] }, async () => {
      await session.load({
        phase,
        fn: "hello-world",
        ratePerSecond: 40,
        durationMs: DURATION_MS,
        throughToxiproxy: true,
      });
    });
  });

  judgesPhase("stream-latency");
});
