import { judgesPhase } from "edgeproof";

import { runScenario } from "../harness/session/run-scenario.ts";
import { currentSession } from "../harness/session/session.ts";

/** Bring-up of functions, probes before and after, waiting for a node to join again. */
const ASIDE_MS = 300_000;

const session = currentSession();

for (const scenario of session.scenarios)
  describe(scenario.description, () => {
    const { steady, fault, healed, topology } = scenario;
    const withProfile = topology.wanProfile !== "lcl" || topology.links.length > 0;

    before(`run the scenario ${scenario.name}`, async function () {
      this.timeout(steady.durationMs + fault.durationMs + healed.durationMs + ASIDE_MS);
      await runScenario(session, scenario);
    });

    for (const { name } of [steady, fault, healed])
      describe(`in the phase ${name}`, () => {
        judgesPhase(name, { required: false, receipts: name === fault.name || withProfile });
      });
  });
