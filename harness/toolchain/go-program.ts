import { basename, resolve } from "node:path";
import { runBuild } from "./build.ts";
import { buildKey } from "./lock-hash.ts";
import type { Target } from "./node-target.ts";
import { isFile, storePath } from "./store.ts";
import { openToolchain, plannedSeries, type ToolchainOptions } from "./toolchain.ts";

/**
 * Builds one of edgeproof's own small Go programs (a folder with a go.mod and a `main` package, such as
 * `fixtures/toolchain/pause`), static, unless the cache has it.
 *
 * @param main The package, relative to `source`, such as `./cmd/fib` where one module holds several programs.
 * @returns Absolute path of the program, named as its package's folder.
 * @throws EdgeproofError
 */
export const buildGoProgram = async (
  source: string,
  target: Target,
  options: ToolchainOptions = {},
  main = ".",
): Promise<string> => {
  const folder = resolve(source);
  const name = basename(resolve(folder, main));
  const { cache, catalog, planned, go, signal, onProgress } = openToolchain(options);
  const recipe = { folder, package: main, tags: [], ldflags: "-s -w" };
  const key = buildKey({ ...recipe, go: plannedSeries(await planned(), catalog), target });
  const path = storePath(cache, target, name, key);
  if (await isFile(path)) {
    onProgress?.({ tool: name, programs: [name], state: "cached", seconds: 0 });
    return path;
  }
  await runBuild({
    ...recipe,
    name,
    products: [{ name, package: main, path }],
    target,
    weight: 1,
    cache,
    go,
    signal,
    onProgress,
  });
  return path;
};
