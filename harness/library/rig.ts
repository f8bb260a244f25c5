import { interruptSignal } from "./interrupt-signal.ts";
import { liveRig, type LiveRig } from "./live-rig.ts";

/** How a rig is brought up. */
export interface RigUpOptions {
  /** Name of the rig. @default the topology's name */
  name?: string;
  /** Seed of every random choice of the rig, such as the WAN's losses. @default 1 */
  seed?: number;
  /** Told what is going on, one line each. @default nothing is said */
  say?: (message: string) => void;
  /** Ends bringing up; what was made is removed. @default `interruptSignal()` */
  signal?: AbortSignal;
}

/** Brings rigs up, and finds those that are up. */
export const rig = {
  /**
   * Brings up the machines, the WAN, the overlay, the cluster and the functions layer of a topology, from nothing. The
   * first time on a machine it builds the toolchain, which takes minutes; later about 10 s for three nodes.
   *
   * @param topology A YAML file, relative to the working folder, or the name of one that comes with edgeproof, such as
   *   `quickstart`; see docs/topology.md.
   * @throws ConfigError (exit code 64) with everything that is wrong in the file; nothing was touched then
   * @throws EdgeproofError (exit code 3) when it cannot be brought up; what was made is removed first
   * @example
   * ```ts
   * await using lab = await rig.up("topology.yaml", { name: "lab" });
   * ```
   */
  async up(topology: string, options: RigUpOptions = {}): Promise<LiveRig> {
    const { name, seed = 1, say = () => undefined, signal = interruptSignal() } = options;
    // Rigs outlive processes and are found by label, so testcontainers' own reaper (an image to be pulled) is not used.
    process.env.TESTCONTAINERS_RYUK_DISABLED ??= "true";
    const { loadTopology } = await import("../config/load.ts");
    const { checkRigName } = await import("../rig/rig-state.ts");
    const { startRig } = await import("../rig/start-rig.ts");
    const { prepareHost } = await import("../setup/prepare-host.ts");
    if (name !== undefined) checkRigName(name);
    const read = loadTopology(topology);
    const host = await prepareHost(say, signal, read.driver);
    const release = async (): Promise<void> => host[Symbol.asyncDispose]();
    try {
      const started = await startRig(read, {
        ...{ seed, signal, onStage: say },
        ...(name === undefined ? {} : { name }),
      });
      return liveRig(started, { leave: false }, release);
    } catch (error) {
      await release();
      throw error;
    }
  },

  /**
   * The rig that `edgeproof up` left running. Disposing it ends the connections; the rig stays.
   *
   * @throws EdgeproofError (exit code 3) where there is none of that name
   */
  async attach(name: string): Promise<LiveRig> {
    const { attachRig } = await import("../rig/attach-rig.ts");
    return liveRig(await attachRig(name), { leave: true });
  },

  /** Names of the rigs of this machine that are up, or of which a killed run left something. */
  async list(): Promise<string[]> {
    return (await import("../rig/rig-state.ts")).knownRigs();
  },
};
