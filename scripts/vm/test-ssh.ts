/**
 * `npm run test:ssh [-- --arm64] [-- --kill]`: boots virtual machines with kernels of their own, and takes them as real
 * nodes: from bare machine to a rig that serves functions under load, and back. The last line says whether the machines
 * are as before. See docs/vm.md.
 */
import { rm } from "node:fs/promises";
import { parseArgs } from "node:util";

import { onInterrupt } from "../../harness/cli/interrupt.ts";
import { Progress } from "../../harness/cli/progress.ts";
import { EdgeproofError } from "../../harness/errors.ts";
import { ExitCode } from "../../harness/exit-codes.ts";
import { cacheFolder } from "../../harness/toolchain/cache-folder.ts";
import { prepareForRigVms } from "./host-programs.ts";
import { ensureVmImage, isVmImageBuilt, type VmImage } from "./image.ts";
import { makeWorkFolder } from "./work-folder.ts";
import { makeKeysDisk } from "./keys-disk.ts";
import { freePort } from "./free-port.ts";
import { RigMachine } from "./rig-machine.ts";
import { rigRecipe } from "./rig-recipe.ts";
import { repeatedly } from "./run-tool.ts";
import { trySshRig } from "./ssh-rig.ts";

type Architecture = "amd64" | "arm64";

/** Ends by itself after this, ms. */
const WHOLE_LIMIT_MS = 55 * 60_000;
const { say } = new Progress(false);

interface Wanted {
  name: string;
  architecture: Architecture;
  memoryMiB: number;
}

const machinesFor = (arm64: boolean): Wanted[] => [
  { name: "cloud-1", architecture: "amd64", memoryMiB: 2048 },
  { name: "edge-1", architecture: arm64 ? "arm64" : "amd64", memoryMiB: 1024 },
  { name: "load-1", architecture: "amd64", memoryMiB: 1024 },
];

async function imagesFor(
  wanted: readonly Wanted[],
  signal: AbortSignal,
): Promise<Map<Architecture, VmImage>> {
  const cache = cacheFolder();
  const architectures = [...new Set(wanted.map(({ architecture }) => architecture))];
  const built = await Promise.all(architectures.map((one) => isVmImageBuilt(cache, rigRecipe(one))));
  await prepareForRigVms(
    { build: built.includes(false), arm64: architectures.includes("arm64") },
    say,
    signal,
  );
  const images = new Map<Architecture, VmImage>();
  for (const one of architectures) images.set(one, await ensureVmImage(cache, say, signal, rigRecipe(one)));
  return images;
}

async function main(): Promise<ExitCode> {
  const { values } = parseArgs({
    options: {
      arm64: { type: "boolean", default: false },
      kill: { type: "boolean", default: false },
    },
  });
  const interrupts = onInterrupt(say);
  const signal = AbortSignal.any([interrupts, AbortSignal.timeout(WHOLE_LIMIT_MS)]);
  const wanted = machinesFor(values.arm64);
  const images = await imagesFor(wanted, signal);
  const folder = await makeWorkFolder();
  const machines: RigMachine[] = [];
  try {
    const keys = await makeKeysDisk(folder, signal);
    const networkPort = await freePort();
    say(`booting ${wanted.length} virtual machines (software emulation)`);
    {
      await using _ = repeatedly(() => say("still booting"));
      const booted = await Promise.allSettled(
        wanted.map(async ({ name, architecture, memoryMiB }, index) => {
          const spec = { name, index, architecture, memoryMiB, image: images.get(architecture)! };
          const machine = await RigMachine.boot({ ...spec, payload: keys.disk, folder, networkPort }, signal);
          machines.push(machine);
          say(`${name} is up (${architecture})`);
        }),
      );
      const failed = booted.find((one) => one.status === "rejected");
      if (failed) throw failed.reason as Error;
    }
    const passed = await trySshRig({ machines, keys, folder, kill: values.kill, say, signal });
    return passed ? ExitCode.met : ExitCode.broken;
  } finally {
    await Promise.all(machines.map((machine) => machine.end()));
    await rm(folder, { recursive: true, force: true });
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (!(error instanceof EdgeproofError)) console.error(error);
    else if (error.exitCode !== ExitCode.interrupted) console.error(error.format());
    process.exit(error instanceof EdgeproofError ? error.exitCode : ExitCode.internal);
  },
);
