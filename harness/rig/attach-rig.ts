import { loadTopology } from "../config/load.ts";
import { rigError } from "../errors.ts";
import { ContainerDriver } from "./driver/container/container-driver.ts";
import { connectDocker } from "./driver/container/engine-client.ts";
import { Rig } from "./rig.ts";
import { knownRigs, readRigState } from "./rig-state.ts";

/** The rig that `edgeproof up` left running. */
export async function attachRig(name: string): Promise<Rig> {
  const state = await readRigState(name);
  if (!state)
    throw rigError("NO_SUCH_RIG", `there is no rig ${name}`, {
      expected: `one of: ${(await knownRigs()).join(", ") || "none is up"}`,
      fix: `bring it up with \`edgeproof up ${name}\``,
    });
  const docker = await connectDocker();
  const { image, privileges, runtimeFolder, binFolder, engine, images } = state;
  const driver = new ContainerDriver(docker, { rig: name, image, privileges, runtimeFolder, binFolder });
  const nodes = state.machines.map((machine) => driver.attach({ ...machine, overlay: machine.overlay }));
  return new Rig({
    name,
    topology: loadTopology(state.topologyFile),
    docker,
    driver,
    nodes: new Map(nodes.map((node) => [node.name, node])),
    engine,
    privileges: privileges.kind,
    images,
    overlay: [],
    timings: [],
  });
}
