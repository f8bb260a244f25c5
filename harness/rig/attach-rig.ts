import { loadTopology } from "../config/load.ts";
import { rigError } from "../errors.ts";
import { attachDriver } from "./driver/drivers.ts";
import { Rig } from "./rig.ts";
import { topologyOf } from "./rig-plan.ts";
import { knownRigs, readRigState, topologyOfRig } from "./rig-state.ts";

/** The rig that `edgeproof up` left running. */
export async function attachRig(name: string): Promise<Rig> {
  const state = await readRigState(name);
  if (!state)
    throw rigError("NO_SUCH_RIG", `there is no rig ${name}`, {
      expected: `one of: ${(await knownRigs()).join(", ") || "none is up"}`,
      fix: `bring it up with \`edgeproof up ${name}\``,
    });
  const { engine, images, privileges } = state;
  const driver = await attachDriver(name, state.driver);
  const nodes = state.machines.map((machine) => driver.attach({ ...machine, overlay: machine.overlay }));
  return new Rig({
    name,
    topology: topologyOf(
      loadTopology(topologyOfRig(state)),
      state.machines.map((machine) => machine.name),
    ),
    driver,
    nodes: new Map(nodes.map((node) => [node.name, node])),
    engine,
    privileges,
    images,
    overlay: [],
    egress: state.egress ?? false,
    timings: [],
  });
}
