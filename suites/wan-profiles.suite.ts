import { judgesPhase, load, session } from "edgeproof";

const DURATION_MS = 10_000;

for (const profile of ["typ", "lossy"])
  describe(`How do functions answer over the WAN profile ${profile}`, () => {
    const run = session.current();

    before(`load hello-world over ${profile}`, async () => {
      await run.deploy("hello-world");
      await run.phase({ name: profile, kind: "fault", profile }, async (phase) => {
        await phase.load(load.open({ fn: "hello-world", ratePerSecond: 40, durationMs: DURATION_MS }));
      });
    });

    judgesPhase(profile);
  });
