import { copyFile, mkdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";

import { usageError } from "../../errors.ts";
import { ExitCode } from "../../exit-codes.ts";
import { buildFunctionImages, FUNCTIONS } from "../../rig/functions/function-images.ts";
import { imageFolder } from "../../rig/images/image-store.ts";
import { cacheFolder } from "../../toolchain/cache-folder.ts";
import { nodeTarget } from "../../toolchain/node-target.ts";
import { onInterrupt } from "../interrupt.ts";
import { Progress } from "../progress.ts";

export interface ImagesOptions {
  /** Architectures of nodes, with commas; as `kubectl get nodes -o wide` or `uname -m` has them. */
  arch?: string;
  /** Folder that the archives are written into. */
  to: string;
  json: boolean;
  quiet: boolean;
}

interface Written {
  name: string;
  architecture: string;
  reference: string;
  file: string;
}

/** Writes the functions' images as OCI archives, for the nodes of a cluster that exists or for its registry. */
export async function images({ arch = process.arch, to, json, quiet }: ImagesOptions): Promise<ExitCode> {
  const architectures = [...new Set(arch.split(",").map((one) => one.trim()))]
    .filter(Boolean)
    .map(nodeTarget);
  if (architectures.length === 0) throw usageError("IMAGES", "no architecture is named", { where: "--arch" });
  const progress = new Progress(quiet);
  const signal = onInterrupt(progress.say);
  const folder = resolve(to);
  const archives = await imageFolder(cacheFolder());
  const written: Written[] = [];
  for (const target of architectures) {
    const built = await buildFunctionImages(target, archives, { signal, onProgress: progress.toolchain });
    await mkdir(folder, { recursive: true });
    for (const { name, reference, file } of built.filter((image) => isFunction(image.name))) {
      const path = join(folder, `${name}-${target.goarch}.tar`);
      await copyFile(join(archives, file), path);
      written.push({ name, architecture: target.goarch, reference, file: path });
    }
  }
  if (json) process.stdout.write(`${JSON.stringify(written)}\n`);
  else process.stdout.write(`${told(written, relative(process.cwd(), folder) || ".")}\n`);
  return ExitCode.met;
}

const isFunction = (name: string): boolean => (FUNCTIONS as readonly string[]).includes(name);

function told(written: readonly Written[], folder: string): string {
  const widest = Math.max(...written.map(({ reference }) => reference.length));
  return [
    ...written.map(
      ({ reference, architecture, file }) =>
        `${reference.padEnd(widest)}  ${architecture}  ${relative(process.cwd(), file)}`,
    ),
    `on every node of K3s: copy them into /var/lib/rancher/k3s/agent/images, or \`k3s ctr images import FILE\`; elsewhere \`ctr -n k8s.io images import FILE\``,
    `or to a registry: \`skopeo copy oci-archive:${folder}/FILE docker://REGISTRY/PATH/NAME:TAG\`, then \`images: REGISTRY/PATH\` in the topology`,
  ].join("\n");
}
