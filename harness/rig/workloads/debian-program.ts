import { lstat, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

import { execa } from "execa";

import { rigError } from "../../errors.ts";
import { nodeTarget, type Target } from "../../toolchain/node-target.ts";
import type { TarEntry } from "../images/deterministic-tar.ts";

export interface DebianProgram {
  /** Debian's release, such as `bookworm`. */
  suite: string;
  /** Its name there. */
  package: string;
  /** Absolute path in the package. */
  program: string;
}

/** Of the loaders that glibc has for the architectures here; one is there in an unpacked libc6. */
const LOADERS = [
  "lib64/ld-linux-x86-64.so.2",
  "lib/ld-linux-aarch64.so.1",
  "lib/ld-linux-armhf.so.3",
] as const;

async function run(program: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const done = await execa(program, args, {
    ...{ reject: false, stdin: "ignore" },
    ...(signal ? { cancelSignal: signal } : {}),
  });
  if (!done.failed) return done.stdout;
  throw rigError("DEBIAN_PROGRAM", `${program} could not get a program from Debian's packages`, {
    where: `${program} ${args.slice(0, 4).join(" ")} ...`,
    fix: "check that Debian's packages can be reached; `edgeproof doctor` shows what is missing",
    cause: new Error((done.stderr || done.stdout || done.shortMessage || "").slice(-1500)),
  });
}

/** What the loader finds for a program: paths below `root`, the program's and the loader's own among them. */
export function parseLoaderList(text: string, root: string): string[] {
  const paths = text
    .split("\n")
    .map((line) => /=>\s+(\S+)\s+\(0x/.exec(line)?.[1])
    .filter((path) => path?.startsWith(`${root}/`));
  return paths.map((path) => relative(root, path ?? ""));
}

/** The folders above a file, as entries of a tar, outermost first. */
export function foldersOf(paths: readonly string[]): string[] {
  const all = new Set<string>();
  for (const path of paths)
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) all.add(`${folder}/`);
  return [...all].toSorted();
}

/**
 * A program of a Debian package and the shared libraries that it needs, out of packages that debootstrap fetches and
 * whose signatures it checks; nothing is installed. `use` gets them as a tar's entries: they are gone afterwards.
 */
export async function withDebianProgram<T>(
  { suite, package: name, program }: DebianProgram,
  target: Target,
  use: (files: readonly TarEntry[]) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const here = nodeTarget(process.arch);
  if (process.platform !== "linux" || here.goarch !== target.goarch || process.getuid?.() !== 0)
    throw rigError("DEBIAN_PROGRAM", `the image of ${name} cannot be built here`, {
      expected: `a registry that answers; or root on Linux for ${target.goarch}, as debootstrap needs it`,
      fix: `leave ${name} out of the topology's workloads, or run on such a machine`,
    });
  const folder = await mkdtemp(join(tmpdir(), "edgeproof-debian-"));
  try {
    const fetched = join(folder, "fetched");
    const root = join(folder, "root");
    const fetch = ["--download-only", "--variant=minbase", `--include=${name}`, suite, fetched];
    await run("debootstrap", fetch, signal);
    const packages = join(fetched, "var/cache/apt/archives");
    // Shared libraries come in packages of that name, zlib's aside.
    const needed = new RegExp(`^(lib|zlib1g|${name}_)`);
    for (const file of (await readdir(packages)).filter((one) => needed.test(one)).toSorted())
      await run("dpkg-deb", ["-x", join(packages, file), root], signal);
    return await use(await closureOf(root, program));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function closureOf(root: string, program: string): Promise<TarEntry[]> {
  const loader = await firstThere(root, LOADERS);
  const libraries = (await readdir(join(root, "usr/lib"))).filter((name) => name.includes("-linux-gnu"));
  const search = libraries.flatMap((name) => [join(root, "lib", name), join(root, "usr/lib", name)]);
  const list = ["--library-path", search.join(":"), "--list", join(root, program)];
  const text = await run(join(root, loader), list);
  const missing = /(\S+) => not found/.exec(text);
  if (missing) throw rigError("DEBIAN_PROGRAM", `${program} needs ${missing[1]}, which no package has`);
  const paths = [...new Set([loader, relative("/", program), ...parseLoaderList(text, root)])].toSorted();
  const files = await Promise.all(
    paths.map(async (path): Promise<TarEntry> => {
      // A library's name is a link to the file with its version.
      const { size } = await stat(join(root, path));
      return { path, content: { file: join(root, path), size }, mode: 0o755 };
    }),
  );
  return [...foldersOf(paths).map((path) => ({ path, mode: 0o755 })), ...files];
}

async function firstThere<T extends string>(root: string, paths: readonly T[]): Promise<T> {
  for (const path of paths) {
    const found = await lstat(join(root, path)).catch(() => undefined);
    if (found) return path;
  }
  throw rigError("DEBIAN_PROGRAM", `none of ${paths.join(", ")} came with libc6`);
}
