import { projectFile } from "../../project.ts";
import { buildGoProgram } from "../../toolchain/go-program.ts";
import type { Target } from "../../toolchain/node-target.ts";
import type { ToolchainOptions } from "../../toolchain/toolchain.ts";
import { type StoredImage, storeImage } from "../images/image-store.ts";
import type { ImagePlatform } from "../images/oci-image.ts";

/** Function sources that come with edgeproof, in fixtures/functions/cmd. */
export const FUNCTIONS = ["hello-world", "fib", "payload-echo", "sleep", "image", "chain"] as const;
/** Those that talk to workloads, and so are on the nodes of rigs that have one. */
const WORKLOAD_FUNCTIONS = ["message-relay"] as const;
export type FunctionName = (typeof FUNCTIONS)[number] | (typeof WORKLOAD_FUNCTIONS)[number];

export const platformOf = ({ goarch }: Target): ImagePlatform =>
  goarch === "arm" ? { architecture: "arm", variant: "v7" } : { architecture: goarch as "amd64" | "arm64" };

/** Packs one static program as an image of that name. */
export const packProgram = (
  name: string,
  target: Target,
  binary: string,
  folder: string,
): Promise<StoredImage> => storeImage(name, platformOf(target), binary, folder);

/** The functions and the pause image, built from their sources and packed FROM scratch into the image folder. */
export async function buildFunctionImages(
  target: Target,
  folder: string,
  options: ToolchainOptions,
  withWorkloads = false,
): Promise<StoredImage[]> {
  const names = withWorkloads ? [...FUNCTIONS, ...WORKLOAD_FUNCTIONS] : FUNCTIONS;
  const functions = projectFile("fixtures/functions");
  const pause = buildGoProgram(projectFile("fixtures/toolchain/pause"), target, options);
  return Promise.all([
    pause.then((path) => packProgram("pause", target, path, folder)),
    ...names.map(async (name) =>
      packProgram(name, target, await buildGoProgram(functions, target, options, `./cmd/${name}`), folder),
    ),
  ]);
}
