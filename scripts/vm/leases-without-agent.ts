import { wanClearArgv } from "../../chaos/wan/control-argv.ts";
import { attachRig } from "../../harness/rig/attach-rig.ts";
import { RUNTIME_PATH } from "../../harness/rig/driver/runtime-folder.ts";
import { openWan } from "../../harness/session/open-wan.ts";
import { connectTo, RIG } from "./lab.ts";
import { type LabRun, stateHome } from "./run-edgeproof.ts";
import { treesGone } from "./trees-gone.ts";

const NODE = "edge-1";
const PEER = "cloud-1";
/** Nobody renews it; long enough that it does not run out before the power is cut. */
const TTL_MS = 40_000;

/**
 * A node's links are impaired, under a lease as a run makes it; then all of the rig on the node is killed, its agent and its
 * WAN service included, and nobody speaks to it. Its guard has to restore the links.
 */
export async function leasesWithoutAgent(run: LabRun, limitMs: number): Promise<void> {
  process.env.XDG_STATE_HOME = stateHome(run.lab);
  const rig = await attachRig(RIG);
  const connections = connectTo(run.lab);
  const { power } = rig.parts.driver;
  try {
    const undo = { kind: "exec", argv: wanClearArgv(RUNTIME_PATH) } as const;
    const lease = { id: "power-cut", fault: "link-delay", what: `${NODE} -> ${PEER}`, undo };
    await rig.node(NODE).lease(lease, TTL_MS);
    const wan = await openWan(rig);
    await wan.apply([{ from: NODE, to: PEER, params: { delayMs: 30 } }]);
    await treesGone(connections, run, { gone: false, limitMs: 10_000, of: [NODE] });
    await wan.close();
    run.say(`killing all of the rig on ${NODE}`);
    await power.kill(NODE);
    await treesGone(connections, run, { gone: false, limitMs: 10_000, of: [NODE] });
    const began = performance.now();
    await treesGone(connections, run, { gone: true, limitMs, of: [NODE] });
    run.say(
      `its guard restored the links ${((performance.now() - began) / 1000).toFixed(0)} s after the power cut`,
    );
  } finally {
    await power.start(NODE);
    await connections.close();
    await rig.disconnect();
  }
}
