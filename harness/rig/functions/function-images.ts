import { readFile } from "node:fs/promises";

import { projectFile } from "../../project.ts";
import { buildGoProgram } from "../../toolchain/go-program.ts";
import type { Target } from "../../toolchain/node-target.ts";
import type { ToolchainOptions } from "../../toolchain/toolchain.ts";
import { type ImagePlatform, packImage } from "../images/oci-image.ts";

/** Function sources that come with edgeproof, in fixtures/functions/cmd. */
const FUNCTIONS = ["hello-world", "fib", "payload-echo"] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export interface BuiltImage {
  name: string;
  reference: string;
  archive: Buffer;
}

const platformOf = ({ goarch }: Target): ImagePlatform =>
  goarch === "arm" ? { architecture: "arm", variant: "v7" } : { architecture: goarch as "amd64" | "arm64" };

/** Packs one static program as an image. */
export async function packProgram(name: string, target: Target, binary: string): Promise<BuiltImage> {
  const { reference, tar } = await packImage({
    name,
    platform: platformOf(target),
    binary: await readFile(binary),
  });
  return { name, reference, archive: tar };
}

/** The functions and the pause image, built from their sources and packed FROM scratch. */
export async function buildFunctionImages(target: Target, options: ToolchainOptions): Promise<BuiltImage[]> {
  const functions = projectFile("fixtures/functions");
  return Promise.all([
    buildGoProgram(projectFile("fixtures/toolchain/pause"), target, options).then((path) =>
      packProgram("pause", target, path),
    ),
    ...FUNCTIONS.map(async (name) =>
      packProgram(name, target, await buildGoProgram(functions, target, options, `./cmd/${name}`)),
    ),
  ]);
}
