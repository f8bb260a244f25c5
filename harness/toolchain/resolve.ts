import { runBuild, type BuildOutcome, type Product } from "./build.ts";
import type { Program } from "./catalog.ts";
import { locate, type Located, type Place, type ResolvedTool } from "./locate.ts";
import { expose, folderFor } from "./node-folder.ts";
import { hostTarget, targetName, type Target } from "./node-target.ts";
import { openToolchain, programNamed, type Toolchain, type ToolchainOptions } from "./toolchain.ts";

interface Wanted {
  program: Program;
  place: Place;
  target: Target;
  located: Promise<Located>;
}

/** One build of all that is missing of a lock for a target, or nothing when nothing is. */
const lockBuild = async (all: readonly Wanted[], toolchain: Toolchain): Promise<BuildOutcome> => {
  const { lock } = all[0]!.program;
  const products: Product[] = [];
  for (const { program, located } of all) {
    const found = await located;
    if ("path" in found) products.push({ name: program.name, package: program.package, path: found.path });
  }
  if (products.length === 0) {
    const programs = all.map(({ program }) => program.name);
    toolchain.onProgress?.({ tool: lock.name, programs, state: "cached", seconds: 0 });
    return "cache";
  }
  const { cache, go, signal, onProgress } = toolchain;
  const { name, folder, tags, ldflags, coldSeconds: weight } = lock;
  const { target } = all[0]!;
  return runBuild({ name, folder, products, tags, ldflags, target, weight, cache, go, signal, onProgress });
};

/** What one `go build` can make together. */
const buildGroup = ({ program, target }: Wanted): string => `${program.lock.name} ${targetName(target)}`;

const builtTool = async (
  { program, path }: { program: Program; path: string },
  build: Promise<BuildOutcome>,
): Promise<ResolvedTool> => ({
  name: program.name,
  path,
  source: await build,
  version: program.lock.version,
});

const startAll = (
  programs: readonly Program[],
  place: Place | undefined,
  target: Target,
  toolchain: Toolchain,
): Map<string, Promise<ResolvedTool>> => {
  const wanted = programs.map((program): Wanted => {
    const at = place ?? (program.for.includes("node") ? "node" : "host");
    const to = at === "node" ? target : hostTarget();
    return { program, place: at, target: to, located: locate(program, at, to, toolchain) };
  });
  // Builds are queued when everything was looked for, so that the smallest of all is the first.
  const looked = Promise.allSettled(wanted.map(({ located }) => located));
  const builds = new Map<string, Promise<BuildOutcome>>();
  for (const group of new Set(wanted.map(buildGroup))) {
    const members = wanted.filter((one) => buildGroup(one) === group);
    builds.set(
      group,
      looked.then(() => lockBuild(members, toolchain)),
    );
  }
  const folder = folderFor(target, toolchain);
  const results = wanted.map(async (one) => {
    const at = one.place;
    const found = await one.located;
    const tool = "tool" in found ? found.tool : await builtTool(found, builds.get(buildGroup(one))!);
    return at === "node" ? expose(await folder, tool) : tool;
  });
  // Whoever waits for a tool gets its error; a tool that nobody waits for must not end the process.
  for (const promise of [...results, ...builds.values(), folder]) promise.catch(() => {});
  return new Map(programs.map(({ name }, index) => [name, results[index]!]));
};

/**
 * Starts to get programs (from the configuration, PATH, the cache, or by building them) and returns at once with a
 * promise for each, so that a rig can begin with the first while others still build. Node programs are for `target`
 * and lie in `nodeToolFolder(target)`; those for the host only are for this machine.
 *
 * @throws EdgeproofError (usage) for an unknown name; each promise rejects with an EdgeproofError of its own.
 */
export const startToolchain = (
  names: readonly string[],
  target: Target,
  options: ToolchainOptions = {},
): Map<string, Promise<ResolvedTool>> => {
  const toolchain = openToolchain(options);
  const programs = names.map((name) => programNamed(toolchain.catalog, name));
  return startAll(programs, undefined, target, toolchain);
};

/** Gets one program for this machine. @throws EdgeproofError */
export const resolveHostTool = async (
  name: string,
  options: ToolchainOptions = {},
): Promise<ResolvedTool> => {
  const toolchain = openToolchain(options);
  const started = startAll([programNamed(toolchain.catalog, name)], "host", hostTarget(), toolchain);
  return started.get(name)!;
};

interface NodeTools {
  /** To be mounted read-only into nodes; each tool is in it under its name. */
  folder: string;
  tools: Map<string, ResolvedTool>;
}

/** Gets programs for nodes, all of them in one folder. @throws EdgeproofError */
export const resolveNodeTools = async (
  names: readonly string[],
  target: Target,
  options: ToolchainOptions = {},
): Promise<NodeTools> => {
  const toolchain = openToolchain(options);
  const programs = names.map((name) => programNamed(toolchain.catalog, name));
  const tools = new Map<string, ResolvedTool>();
  for (const [name, tool] of startAll(programs, "node", target, toolchain)) tools.set(name, await tool);
  return { folder: await folderFor(target, toolchain), tools };
};
