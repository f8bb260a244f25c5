import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { rigError } from "../errors.ts";
import type { Lock } from "./catalog.ts";
import { goBuildError } from "./go-build-error.ts";
import { goEnvironment } from "./go.ts";
import { interruptedError } from "./interrupted.ts";
import { isFile } from "./store.ts";
import { openToolchain, type Toolchain, type ToolchainOptions } from "./toolchain.ts";
import { publish, withWorkspace } from "./workspace.ts";

/** Folder of a module in Go's cache; downloaded unless it is there, and checked against the lock's go.sum. */
const moduleFolder = async (module: string, lock: Lock, toolchain: Toolchain): Promise<string> => {
  const { go, signal } = toolchain;
  const { stdout, stderr, failed } = await execa((await go()).command, ["mod", "download", "-json", module], {
    cwd: lock.folder,
    env: goEnvironment(),
    extendEnv: false,
    reject: false,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  if (signal?.aborted) throw interruptedError(signal);
  const said = failed ? {} : (JSON.parse(stdout) as { Dir?: string });
  if (said.Dir === undefined) throw goBuildError(`the files of ${module}`, [...stderr.split("\n"), stdout]);
  return said.Dir;
};

const yamlFiles = async (path: string): Promise<string[]> => {
  if ((await stat(path)).isFile()) return [path];
  const names = await readdir(path);
  return names
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => join(path, name));
};

const read = async (folder: string, path: string, module: string): Promise<string[]> => {
  const files = await yamlFiles(join(folder, path)).catch((cause: unknown) => {
    throw rigError("module-file", `${module} has no ${path}`, {
      where: "fixtures/toolchain/tools.yaml",
      cause,
    });
  });
  return Promise.all(files.map((file) => readFile(file, "utf8")));
};

/**
 * The YAML files of a lock's modules that `files` of tools.yaml names, as one text of several documents; from the cache,
 * or from the modules themselves.
 *
 * @throws EdgeproofError
 */
export const moduleFiles = async (lock: Lock, options: ToolchainOptions = {}): Promise<string> => {
  const toolchain = openToolchain(options);
  const hash = createHash("sha256").update(JSON.stringify(lock.files));
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(lock.folder, file)));
  const kept = join(
    toolchain.cache,
    "store",
    "files",
    `${lock.name}-${hash.digest("hex").slice(0, 20)}.yaml`,
  );
  if (await isFile(kept)) return readFile(kept, "utf8");
  const texts = await Promise.all(
    Object.entries(lock.files).map(async ([module, paths]) => {
      const folder = await moduleFolder(module, lock, toolchain);
      return (await Promise.all(paths.map((path) => read(folder, path, module)))).flat();
    }),
  );
  const text = texts.flat().join("\n---\n");
  await withWorkspace(toolchain.cache, async (folder) => {
    await writeFile(join(folder, "files.yaml"), text);
    await publish(join(folder, "files.yaml"), kept);
  });
  return text;
};
