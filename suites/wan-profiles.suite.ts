import { currentSession } from "../harness/session/session.ts";
import { judgesPhase } from "./support/objectives.ts";

const DURATION_MS = 10_000;

for (const profile of ["typ", "lossy"])
  describe(`How do functions answer over the WAN profile ${profile}`, () => {
    const session = currentSession();

    before(`load hello-world over ${profile}`, async () => {
      await session.deploy("hello-world");
      await session.phase({ name: profile, kind: "fault", profile }, async () => {
        await session.load({ phase: profile, fn: "hello-world", ratePerSecond: 40, durationMs: DURATION_MS });
      });
    });

    judgesPhase(profile);
  });
