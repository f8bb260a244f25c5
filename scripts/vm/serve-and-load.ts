import { join } from "node:path";

import { rigError } from "../../harness/errors.ts";
import { runLoad } from "../../harness/load/k6-load.ts";
import { attachRig } from "../../harness/rig/attach-rig.ts";
import { BIN_PATH } from "../../harness/rig/driver/node-paths.ts";
import { Gateway } from "../../harness/session/gateway.ts";

const FN = "hello-world";
const LOAD = { ratePerSecond: 4, durationMs: 20_000 };

/** Deploys a function on the rig with a replica on every node, and loads it from the tester. */
export async function serveAndLoad(
  name: string,
  stateHome: string,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  process.env.XDG_STATE_HOME = stateHome;
  const rig = await attachRig(name);
  try {
    const image = rig.image(FN);
    const deployed = await rig.functions.deploy({ name: FN, image, replicas: rig.clusterNodes.length });
    const { url } = new Gateway(rig.entry).open(deployed);
    say(`${FN} is deployed; loading it for ${LOAD.durationMs / 1000} s`);
    const rawFile = join(stateHome, "load.json.gz");
    const spec = { ...LOAD, phase: "vm", fn: FN, url };
    const { samples } = await runLoad(rig.tester, spec, { k6Path: `${BIN_PATH}/k6`, rawFile, signal });
    const answered = samples.filter(({ outcome }) => outcome === "completed");
    const nodes = [...new Set(answered.map(({ node }) => node))].toSorted();
    say(`${answered.length} of ${samples.length} requests answered, by ${nodes.join(", ")}`);
    const silent = rig.clusterNodes.filter((node) => !nodes.includes(node.name));
    if (answered.length < samples.length * 0.9 || silent.length > 0)
      throw rigError("VM_LOAD", "the functions did not answer as they should", {
        expected: "9 of 10 requests, and answers of every node",
        where: silent.map((node) => node.name).join(", "),
      });
  } finally {
    await rig.disconnect();
  }
}
