import { loadTopology } from "../../config/load.ts";
import { ExitCode } from "../../exit-codes.ts";
import { ensureLinksPossible } from "../ensure-links-possible.ts";
import { checkRigName } from "../../rig/rig-state.ts";
import { ensureConfirmed } from "../../scenario/confirm.ts";
import { prepareHost } from "../../setup/prepare-host.ts";
import { onInterrupt } from "../interrupt.ts";
import { Progress } from "../progress.ts";
import type { ClusterFlags } from "../flags.ts";
import { topologyGiven } from "../given-topology.ts";
import { bringUp } from "./bring-up.ts";

export interface UpOptions extends ClusterFlags {
  name?: string;
  /** Name of the rig of real machines that may be changed. */
  confirm?: string;
  seed: number;
  json: boolean;
  quiet: boolean;
}

/** Brings a rig up and leaves it for later commands. An engine that had to be started stays too, until `down`. */
export async function up(topologyName: string | undefined, options: UpOptions): Promise<ExitCode> {
  if (options.name !== undefined) checkRigName(options.name);
  const { kubeconfig, context, namespace, images, gateway } = options;
  const flags = { kubeconfig, context, namespace, images, gateway, topology: topologyName };
  const given = topologyGiven(flags);
  const topology = loadTopology(given ?? "quickstart");
  ensureLinksPossible(topology);
  ensureConfirmed(topology.driver, options.name ?? topology.name, options.confirm);
  const progress = new Progress(options.quiet);
  const signal = onInterrupt(progress.say);
  const host = await prepareHost(progress.say, signal, topology.driver);
  try {
    const { name, seed } = options;
    const rig = await bringUp(topology, progress, {
      ...(name ? { name } : {}),
      seed,
      signal,
      detached: true,
    });
    await rig.disconnect();
    const machines = [...rig.parts.nodes.values()].map((node) => ({
      name: node.name,
      role: node.role,
      underlay: node.underlay,
      overlay: node.overlay,
    }));
    if (options.json)
      process.stdout.write(`${JSON.stringify({ rig: rig.name, kubeconfig: rig.kubeconfig, machines })}\n`);
    else
      process.stdout.write(
        `rig ${rig.name} is up; KUBECONFIG=${rig.kubeconfig}; \`edgeproof down ${rig.name}\` removes it\n`,
      );
    return ExitCode.met;
  } catch (error) {
    await host[Symbol.asyncDispose]();
    throw error;
  }
}
