import { copyFile, chmod, link, mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { cacheError } from "./cache-folder.ts";
import { overrideOf, type ResolvedTool } from "./locate.ts";
import { combinedKey, programKey } from "./lock-hash.ts";
import { targetName, type Target } from "./node-target.ts";
import { isFile } from "./store.ts";
import { openToolchain, plannedSeries, type Toolchain, type ToolchainOptions } from "./toolchain.ts";

/** What tells a file that the user named from its later versions. */
const fileKey = async (path: string): Promise<string> => {
  const found = await stat(path).catch(() => undefined);
  return `${path}:${found?.size}:${found?.mtimeMs}`;
};

/** `nodeToolFolder` of an opened toolchain. */
export const folderFor = async (target: Target, toolchain: Toolchain): Promise<string> => {
  const { programs } = toolchain.catalog;
  const series = plannedSeries(await toolchain.planned(), toolchain.catalog);
  const keys = [...programs.values()]
    .filter((program) => program.for.includes("node"))
    .map(async (program) => {
      const override = overrideOf(program.name, toolchain);
      const key = override ? await fileKey(override.path) : programKey(program, series, target);
      return `${program.name}=${key}`;
    });
  const folder = join(toolchain.cache, "bin", combinedKey(await Promise.all(keys)), targetName(target));
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw cacheError(error, toolchain.cache);
  }
  return folder;
};

/**
 * The folder that holds every node program of the current locks, to be mounted read-only into nodes. It is the same
 * whatever part of the programs was built so far; the others appear in it, whole, as they are built.
 */
export const nodeToolFolder = async (target: Target, options: ToolchainOptions = {}): Promise<string> =>
  folderFor(target, openToolchain(options));

/** Puts a program into the folder, as a hard link where the file system can. */
export const expose = async (folder: string, tool: ResolvedTool): Promise<ResolvedTool> => {
  const path = join(folder, tool.name);
  if (await isFile(path)) return { ...tool, path };
  // What the user named is copied: a rebuild in its place must not change a rig that runs.
  const linked =
    tool.source !== "config" &&
    (await link(tool.path, path).then(
      () => true,
      (error: unknown) => (error as NodeJS.ErrnoException).code === "EEXIST",
    ));
  if (!linked) {
    const whole = join(folder, `.${tool.name}.${process.pid}`);
    await copyFile(tool.path, whole);
    await chmod(whole, 0o755);
    await rename(whole, path);
  }
  return { ...tool, path };
};
