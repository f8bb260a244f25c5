import { streamLatency } from "../chaos/faults/stream/latency.ts";
import { currentSession } from "../harness/session/session.ts";
import { judgesPhase } from "./support/objectives.ts";

const LATENCY_MS = 50;
const DURATION_MS = 8_000;

describe(`How do functions answer when their streams are ${LATENCY_MS} ms late`, () => {
  const session = currentSession();

  before("load hello-world through a slow gateway", async () => {
    await session.deploy("hello-world");
    const phase = "stream-latency";
    const { faultRig, guard, links, seed } = session;
    const fault = await streamLatency.build(
      streamLatency.parameters.parse({ latency: `${LATENCY_MS}ms` }),
      { kind: "stream", point: "gateway", node: faultRig.tester, service: "hello-world" },
      {
        ...{ name: "stream-latency", phase, rig: faultRig, guard, links, seed, unprobed: [] },
        functionUrl: (fn) => session.gateway.route(fn).url,
      },
    );
    await session.phase({ name: phase, kind: "fault", faults: [fault] }, async () => {
      await session.load({ phase, fn: "hello-world", ratePerSecond: 40, durationMs: DURATION_MS });
    });
  });

  judgesPhase("stream-latency");
});
