import { cacheFolder } from "../../harness/toolchain/cache-folder.ts";
import { freePort } from "./free-port.ts";
import { prepareForRigVms } from "./host-programs.ts";
import { ensureVmImage, isVmImageBuilt, type VmImage } from "./image.ts";
import type { KeysDisk } from "./keys-disk.ts";
import { qemuCommand } from "./qemu-command.ts";
import type { Recipe } from "./recipe.ts";
import { type MachineCommand, RigMachine, type RigMachineSpec } from "./rig-machine.ts";
import { AGENT, MACHINES, NAT, rigAddress, rigRecipe, umlRecipe } from "./rig-recipe.ts";
import { repeatedly } from "./run-tool.ts";
import { umlCommand } from "./uml-command.ts";
import { UmlNetwork } from "./uml-network.ts";

type Architecture = "amd64" | "arm64";

export interface BootInput {
  /** The agent is a machine for arm64. */
  arm64: boolean;
  /** Kernels are programs of this host (user-mode Linux); else processors are emulated. */
  uml: boolean;
  /** The agent is behind a NAT; with `uml` alone. */
  nat: boolean;
  /** Machines that are forgotten end by themselves after this, and some minutes. */
  minutes: number;
  folder: string;
  keys: KeysDisk;
  say: (message: string) => void;
  signal: AbortSignal;
}

interface Wanted {
  name: (typeof MACHINES)[number];
  architecture: Architecture;
  memoryMiB: number;
}

const SPARE_SECONDS = 300;
const MEMORY_MIB = { "cloud-1": 3072, "edge-1": 1536, "load-1": 1024 };

const machinesFor = (arm64: boolean): Wanted[] =>
  MACHINES.map((name) => ({
    name,
    architecture: arm64 && name === AGENT ? "arm64" : "amd64",
    memoryMiB: MEMORY_MIB[name],
  }));

async function imagesFor(
  wanted: readonly Wanted[],
  { arm64, uml, say, signal }: BootInput,
): Promise<Map<Architecture, VmImage>> {
  const cache = cacheFolder();
  const architectures = [...new Set(wanted.map(({ architecture }) => architecture))];
  const recipe = (one: Architecture): Recipe => (uml ? umlRecipe() : rigRecipe(one));
  const build = !architectures.every((one) => isVmImageBuilt(cache, recipe(one)));
  await prepareForRigVms({ build, arm64, uml }, say, signal);
  const images = new Map<Architecture, VmImage>();
  for (const one of architectures) images.set(one, await ensureVmImage(cache, say, signal, recipe(one)));
  return images;
}

/** The machines of one call, and the networks of those that need some; ended together. */
export class Machines implements AsyncDisposable {
  /** Those that are up, in the order of their indices. */
  readonly all: RigMachine[] = [];
  private network: UmlNetwork | undefined;

  /** Boots all at once; those that are up can be ended whatever becomes of the others. */
  async boot(input: BootInput): Promise<void> {
    const { arm64, nat, uml, minutes, folder, keys, say, signal } = input;
    const wanted = machinesFor(arm64);
    const images = await imagesFor(wanted, input);
    const command = await this.commands(wanted.length, input);
    say(`booting ${wanted.length} virtual machines (${uml ? "user-mode Linux" : "software emulation"})`);
    await using _ = repeatedly(() => say("still booting"));
    const booted = await Promise.allSettled(
      wanted.map(async ({ name, architecture, memoryMiB }, index) => {
        const own = { name, index, architecture, memoryMiB, image: images.get(architecture)! };
        const underlay = nat && name === AGENT ? NAT.public : rigAddress(index);
        const spec = {
          ...own,
          underlay,
          payload: keys.disk,
          folder,
          lifeSeconds: minutes * 60 + SPARE_SECONDS,
        };
        this.all.push(await RigMachine.boot(spec, await command(spec), signal));
        say(`${name} is up (${architecture})`);
      }),
    );
    const failed = booted.find((one) => one.status === "rejected");
    if (failed) throw failed.reason as Error;
    this.all.sort((a, b) => a.spec.index - b.spec.index);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.all.map((machine) => machine.end()));
    await this.network?.[Symbol.asyncDispose]();
  }

  private async commands(
    machines: number,
    { uml, nat }: BootInput,
  ): Promise<(spec: RigMachineSpec) => Promise<MachineCommand>> {
    if (uml) {
      const network = (this.network = await UmlNetwork.open(
        machines,
        nat ? MACHINES.indexOf(AGENT) : undefined,
      ));
      return (spec) => umlCommand(spec, network);
    }
    const networkPort = await freePort();
    return (spec) => qemuCommand(spec, networkPort);
  }
}
