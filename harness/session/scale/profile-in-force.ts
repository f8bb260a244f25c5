import { LinkFault } from "../../../chaos/faults/link-fault.ts";
import type { Guard } from "../../../chaos/journal/change.ts";
import { LinkStack } from "../../../chaos/wan/link-stack.ts";
import { profileLinks } from "../../../chaos/wan/profile-links.ts";
import type { WanHandle } from "../../../chaos/wan/wan-handle.ts";
import { loadProfiles } from "../../config/load.ts";
import { rigError } from "../../errors.ts";
import { RUNTIME_PATH } from "../../rig/driver/runtime-folder.ts";
import type { Rig } from "../../rig/rig.ts";

/** A network profile between all machines of a rig, put in force and proved as any other fault. */
export async function profileInForce(
  rig: Rig,
  { wan, guard, profile: name }: { wan: WanHandle; guard: Guard; profile: string },
): Promise<LinkFault> {
  const profile = loadProfiles().get(name);
  if (!profile) throw rigError("NO_SUCH_PROFILE", `there is no profile ${name}`);
  const fault = new LinkFault({
    name: `profile-${name}`,
    phase: "scale",
    stack: new LinkStack(wan),
    guard,
    nodes: rig.machines,
    runtime: RUNTIME_PATH,
    timeline: { first: profileLinks(rig.machines, profile, rig.topology.links) },
    depth: "pings",
  });
  try {
    await fault.inject();
  } catch (error) {
    await fault.heal();
    throw error;
  }
  return fault;
}
