import { fault, judgesPhase, load, session } from "edgeproof";

const LATENCY_MS = 50;
const DURATION_MS = 8_000;

describe(`How do functions answer when their streams are ${LATENCY_MS} ms late`, () => {
  const run = session.current();
  const late = fault.streamLatency({
    target: { point: "gateway", service: "hello-world" },
    latency: `${LATENCY_MS}ms`,
  });

  before("load hello-world through a slow gateway", async () => {
    await run.deploy("hello-world");
    await run.phase({ name: "stream-latency", kind: "fault", faults: [late] }, async (phase) => {
      await phase.load(load.open({ fn: "hello-world", ratePerSecond: 40, durationMs: DURATION_MS }));
    });
  });

  judgesPhase("stream-latency");
});
