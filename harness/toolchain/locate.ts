import { stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { execa } from "execa";
import { usageError } from "../errors.ts";
import type { Program } from "./catalog.ts";
import { checkNodeExecutable } from "./executable.ts";
import { programKey } from "./lock-hash.ts";
import type { Target } from "./node-target.ts";
import { executableName, isFile, storePath } from "./store.ts";
import { plannedSeries, type Toolchain } from "./toolchain.ts";

type ToolSource = "config" | "path" | "cache" | "built";

export interface ResolvedTool {
  name: string;
  /** Absolute path on this machine. */
  path: string;
  source: ToolSource;
  /** Without a `v`; `custom` for a program that the user named. */
  version: string;
}

/** Where a program is, or where a build has to put it. */
export type Located = { tool: ResolvedTool } | { program: Program; path: string };

export type Place = "host" | "node";

/** What the user named for a program, and where. */
export const overrideOf = (
  name: string,
  toolchain: Toolchain,
): { path: string; where: string } | undefined => {
  const variable = `EDGEPROOF_TOOL_${name.toUpperCase().replaceAll("-", "_")}`;
  const fromEnv = toolchain.env[variable];
  const fromConfig = toolchain.overrides[name];
  if (fromEnv) return { path: resolve(fromEnv), where: variable };
  if (fromConfig) return { path: resolve(fromConfig), where: `tools.${name}` };
  return undefined;
};

const saysVersion = async (command: string, program: Program): Promise<boolean> => {
  const { stdout, stderr } = await execa(command, program.versionArgs ?? [], {
    reject: false,
    timeout: 10_000,
  });
  const wanted = program.lock.version.replaceAll(".", "\\.");
  return new RegExp(`(?<![\\d.])${wanted}(?![\\d.])`).test(`${stdout}\n${stderr}`);
};

/** A program of the pinned version on PATH. */
const onPath = async (
  program: Program,
  target: Target,
  toolchain: Toolchain,
): Promise<string | undefined> => {
  if (!program.versionArgs) return undefined;
  for (const folder of (toolchain.env.PATH ?? "").split(delimiter).filter(isAbsolute)) {
    const path = join(folder, executableName(program.name, target));
    if ((await isFile(path)) && (await saysVersion(path, program))) return path;
  }
  return undefined;
};

/** Finds one program without building anything: configuration, PATH (host only), cache. @throws EdgeproofError */
export const locate = async (
  program: Program,
  place: Place,
  target: Target,
  toolchain: Toolchain,
): Promise<Located> => {
  const { name, lock } = program;
  const override = overrideOf(name, toolchain);
  if (override) {
    if (place === "node") await checkNodeExecutable(override.path, target, override.where);
    else if (!(await stat(override.path).catch(() => undefined))?.isFile()) {
      throw usageError("tool-unreadable", `\`${override.path}\` is no file`, {
        where: override.where,
        fix: "check the path",
      });
    }
    return { tool: { name, path: override.path, source: "config", version: "custom" } };
  }
  const fromPath = place === "host" ? await onPath(program, target, toolchain) : undefined;
  if (fromPath) return { tool: { name, path: fromPath, source: "path", version: lock.version } };
  const series = plannedSeries(await toolchain.planned(), toolchain.catalog);
  const path = storePath(toolchain.cache, target, name, programKey(program, series, target));
  if (await isFile(path)) return { tool: { name, path, source: "cache", version: lock.version } };
  return { program, path };
};
