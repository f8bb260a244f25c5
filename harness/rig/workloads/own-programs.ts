import { projectFile } from "../../project.ts";
import { buildGoProgram } from "../../toolchain/go-program.ts";
import type { Target } from "../../toolchain/node-target.ts";
import type { ToolchainOptions } from "../../toolchain/toolchain.ts";
import { packProgram } from "../functions/function-images.ts";
import type { StoredImage } from "../images/image-store.ts";

/** The image of one of edgeproof's own programs that have to do with storage, in `fixtures/storage/cmd`. */
export const storageImage = async (
  name: "volume-helper" | "record-log",
  target: Target,
  archives: string,
  options: ToolchainOptions,
): Promise<StoredImage> => {
  const program = await buildGoProgram(projectFile("fixtures/storage"), target, options, `./cmd/${name}`);
  return packProgram(name, target, program, archives);
};
