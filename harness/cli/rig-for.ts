import type { Topology } from "../config/model.ts";
import { attachRig } from "../rig/attach-rig.ts";
import type { Rig } from "../rig/rig.ts";
import { prepareHost } from "../setup/prepare-host.ts";
import { bringUp } from "./commands/bring-up.ts";
import type { Progress } from "./progress.ts";
import type { Undo } from "./undo.ts";

export interface RigForOptions {
  /** Use this one, and leave it up. */
  rig?: string | undefined;
  seed: number;
  signal: AbortSignal;
  progress: Progress;
}

/** The rig that a command works on; what had to be made for it goes with `undo`. */
export async function rigFor(topology: Topology, options: RigForOptions, undo: Undo): Promise<Rig> {
  const { rig: name, seed, signal, progress } = options;
  undo.add(await prepareHost(progress.say, signal, topology.driver));
  if (name) return attachRig(name);
  const rig = await bringUp(topology, progress, { seed, signal });
  undo.add({
    async [Symbol.asyncDispose]() {
      progress.say("taking the rig down");
      await rig.down(progress.say);
    },
  });
  return rig;
}
