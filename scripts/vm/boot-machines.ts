import { cacheFolder } from "../../harness/toolchain/cache-folder.ts";
import { freePort } from "./free-port.ts";
import { prepareForRigVms } from "./host-programs.ts";
import { ensureVmImage, isVmImageBuilt, type VmImage } from "./image.ts";
import type { KeysDisk } from "./keys-disk.ts";
import { RigMachine } from "./rig-machine.ts";
import { rigRecipe } from "./rig-recipe.ts";
import { repeatedly } from "./run-tool.ts";

type Architecture = "amd64" | "arm64";

export interface BootInput {
  /** The agent is a machine for arm64. */
  arm64: boolean;
  /** Machines that are forgotten end by themselves after this, and some minutes. */
  minutes: number;
  folder: string;
  keys: KeysDisk;
  say: (message: string) => void;
  signal: AbortSignal;
}

interface Wanted {
  name: string;
  architecture: Architecture;
  memoryMiB: number;
}

const SPARE_SECONDS = 300;

const machinesFor = (arm64: boolean): Wanted[] => [
  { name: "cloud-1", architecture: "amd64", memoryMiB: 3072 },
  { name: "edge-1", architecture: arm64 ? "arm64" : "amd64", memoryMiB: 1536 },
  { name: "load-1", architecture: "amd64", memoryMiB: 1024 },
];

async function imagesFor(
  wanted: readonly Wanted[],
  { arm64, say, signal }: BootInput,
): Promise<Map<Architecture, VmImage>> {
  const cache = cacheFolder();
  const architectures = [...new Set(wanted.map(({ architecture }) => architecture))];
  const built = await Promise.all(architectures.map((one) => isVmImageBuilt(cache, rigRecipe(one))));
  await prepareForRigVms({ build: built.includes(false), arm64 }, say, signal);
  const images = new Map<Architecture, VmImage>();
  for (const one of architectures) images.set(one, await ensureVmImage(cache, say, signal, rigRecipe(one)));
  return images;
}

/** Boots all at once, and puts those that are up into `into`, so that they can be ended whatever becomes of the others. */
export async function bootMachines(input: BootInput, into: RigMachine[]): Promise<void> {
  const { arm64, minutes, folder, keys, say, signal } = input;
  const wanted = machinesFor(arm64);
  const images = await imagesFor(wanted, input);
  const networkPort = await freePort();
  say(`booting ${wanted.length} virtual machines (software emulation)`);
  await using _ = repeatedly(() => say("still booting"));
  const booted = await Promise.allSettled(
    wanted.map(async ({ name, architecture, memoryMiB }, index) => {
      const spec = { name, index, architecture, memoryMiB, image: images.get(architecture)! };
      const rest = { payload: keys.disk, folder, networkPort, lifeSeconds: minutes * 60 + SPARE_SECONDS };
      into.push(await RigMachine.boot({ ...spec, ...rest }, signal));
      say(`${name} is up (${architecture})`);
    }),
  );
  const failed = booted.find((one) => one.status === "rejected");
  if (failed) throw failed.reason as Error;
  // In the order of the wanted.
  into.sort((a, b) => a.spec.index - b.spec.index);
}
