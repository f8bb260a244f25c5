import type { Topology } from "../../config/model.ts";
import { shownPath } from "../../config/yaml-file.ts";
import type { Rig } from "../../rig/rig.ts";
import { startRig } from "../../rig/start-rig.ts";
import type { Progress } from "../progress.ts";

export interface BringUpOptions {
  name?: string;
  seed: number;
  detached?: boolean;
  concurrency?: number;
  signal: AbortSignal;
}

/** Brings a rig up with progress on standard error. */
export async function bringUp(topology: Topology, progress: Progress, options: BringUpOptions): Promise<Rig> {
  progress.say(
    topology.driver === "cluster"
      ? `going to the cluster of ${shownPath(topology.existing?.kubeconfig ?? "")}`
      : `bringing up ${topology.name}: ${topology.nodes.length} nodes, Nebula, Kubernetes`,
  );
  const began = performance.now();
  const rig = await startRig(topology, {
    ...options,
    onStage: progress.say,
    onToolchain: progress.toolchain,
    onTask: ({ name, startedAt, endedAt }) => {
      if (/^(networks|overlay proof|api server|nodes ready)$/.test(name))
        progress.say(`  ${name} (${((endedAt - startedAt) / 1000).toFixed(1)} s)`);
    },
  });
  progress.say(`rig ${rig.name} is up in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return rig;
}
