import { wanClearArgv } from "../../chaos/wan/control-argv.ts";
import { attachRig } from "../../harness/rig/attach-rig.ts";
import { RUNTIME_PATH } from "../../harness/rig/driver/runtime-folder.ts";
import { openWan } from "../../harness/session/open-wan.ts";
import { RIG } from "./lab.ts";
import { AGENT } from "./rig-recipe.ts";
import { type LabRun, stateHome } from "./run-edgeproof.ts";
import { untilMachines } from "./until-machines.ts";

const PEER = "cloud-1";
/** Nobody renews it; long enough that it does not run out before the power is cut: 40 s were not, on a machine for arm64. */
const TTL_MS = 90_000;

/**
 * A node's links are impaired, under a lease as a run makes it; then all of the rig on the node is killed, its agent and its
 * WAN service included, and nobody speaks to it. Its guard has to restore the links.
 */
export async function leasesWithoutAgent(run: LabRun, limitMs: number): Promise<void> {
  process.env.XDG_STATE_HOME = stateHome(run.lab);
  const rig = await attachRig(RIG);
  const { power } = rig.parts.driver;
  try {
    const undo = { kind: "exec", argv: wanClearArgv(RUNTIME_PATH) } as const;
    const lease = { id: "power-cut", fault: "link-delay", what: `${AGENT} -> ${PEER}`, undo };
    await rig.node(AGENT).lease(lease, TTL_MS);
    const wan = await openWan(rig);
    await wan.apply([{ from: AGENT, to: PEER, params: { delayMs: 30 } }]);
    const impaired = { question: "impaired", of: [AGENT] } as const;
    await untilMachines(run, { ...impaired, wanted: "all", limitMs: 10_000 });
    await wan.close();
    run.say(`killing all of the rig on ${AGENT}`);
    await power.kill(AGENT);
    await untilMachines(run, { ...impaired, wanted: "all", limitMs: 0 });
    const seconds = await untilMachines(run, { ...impaired, wanted: "none", limitMs });
    run.say(`its guard restored the links within ${seconds} s of the power cut`);
  } finally {
    await power.start(AGENT);
    await rig.disconnect();
  }
}
