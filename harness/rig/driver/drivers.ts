import { ClusterDriver } from "../cluster/cluster-driver.ts";
import type { Topology } from "../../config/model.ts";
import { engineAnswers } from "../../setup/own-engine.ts";
import { knownRigs, readRigState, removeRigFolder } from "../rig-state.ts";
import { ContainerDriver } from "./container/container-driver.ts";
import { ContainerGround } from "./container/container-ground.ts";
import { connectDocker } from "./container/engine-client.ts";
import { findLeftovers, removeLeftovers } from "./container/leftovers.ts";
import type { RigDriver } from "./driver.ts";
import type { DriverState } from "./driver-state.ts";
import type { Ground } from "./ground.ts";
import { SshDriver } from "./ssh/ssh-driver.ts";
import { SshGround } from "./ssh/ssh-ground.ts";

/** The place where drivers are chosen: nothing else of the rig knows more than `Driver` and `Ground`. */
export const openGround = (topology: Topology, rig: string, signal?: AbortSignal): Promise<Ground> =>
  topology.driver === "ssh" ? SshGround.open(topology, rig, signal) : ContainerGround.open();

/** The driver of a rig that is up. */
export async function attachDriver(rig: string, state: DriverState): Promise<RigDriver> {
  if (state.kind === "cluster") return new ClusterDriver(rig, state);
  if (state.kind === "ssh") {
    const driver = SshDriver.attach(rig, state);
    // A server that is off answers later: whoever needs its API sees that it does not answer.
    await driver.openPorts().catch(() => undefined);
    return driver;
  }
  return new ContainerDriver(await connectDocker(), { rig, ...state });
}

/** How much of a rig there is. */
export interface RigParts {
  containers: number;
  networks: number;
  /** Real machines. */
  machines: number;
  /** Namespaces of clusters that are not the rig's. */
  namespaces: number;
  /** Why it may be in use by somebody that this state folder knows nothing of; undefined where it is not. */
  others: string | undefined;
}

/** What there is of rigs, by name: those with a folder here, and those that a container engine holds by label. */
export async function findRigs(): Promise<Map<string, RigParts>> {
  const found = new Map<string, RigParts>();
  const of = (rig: string): RigParts => {
    const none = { containers: 0, networks: 0, machines: 0, namespaces: 0, others: undefined };
    const parts = found.get(rig) ?? none;
    found.set(rig, parts);
    return parts;
  };
  const known = await knownRigs();
  for (const rig of known) {
    const driver = (await readRigState(rig))?.driver;
    of(rig).machines = driver?.kind === "ssh" ? driver.hosts.length : 0;
    of(rig).namespaces = driver?.kind === "cluster" ? 1 : 0;
  }
  if (!(await engineAnswers())) return found;
  const { containers, networks } = await findLeftovers(await connectDocker());
  for (const { rig } of containers) of(rig).containers++;
  for (const { rig } of networks) of(rig).networks++;
  for (const { rig, others } of [...containers, ...networks])
    if (!known.includes(rig)) of(rig).others ??= others;
  return found;
}

/** Whether a rig needs the container engine of this machine. */
export async function needsEngine(rig: string): Promise<boolean> {
  const kind = (await readRigState(rig))?.driver.kind;
  return kind === undefined || kind === "container";
}

/**
 * Removes all of a rig, whatever made it and however much of it there is; then its folder. Idempotent. Where machines
 * cannot be reached the folder stays, so that it can be tried again. What is somebody else's stays, unless it was asked for
 * by name (`everybodys`).
 */
export async function removeRig(
  rig: string,
  { say, everybodys = false }: { say?: (message: string) => void; everybodys?: boolean } = {},
): Promise<void> {
  const state = await readRigState(rig);
  if (state?.driver.kind === "cluster") await new ClusterDriver(rig, state.driver).remove();
  else if (state?.driver.kind === "ssh") {
    const driver = SshDriver.attach(rig, state.driver);
    try {
      await driver.remove(say);
    } finally {
      await driver.close();
    }
  } else if (await engineAnswers()) {
    const docker = await connectDocker();
    await removeLeftovers(docker, await findLeftovers(docker, rig), { everybodys });
  }
  await removeRigFolder(rig);
}
