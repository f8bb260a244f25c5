import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { rigError } from "../../harness/errors.ts";
import { projectFile } from "../../harness/project.ts";
import { withProcessLock } from "../../harness/toolchain/process-lock.ts";
import { PAYLOAD, recipeKey, SUITE, TEST_MACHINE, type Recipe } from "./recipe.ts";
import { repeatedly, runTool } from "./run-tool.ts";

export interface VmImage {
  /** Root disk, raw; run with `snapshot=on`, so that it never changes. */
  disk: string;
  kernel: string;
  /** Not there where the kernel needs none. */
  initrd: string;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const imageIn = (folder: string): VmImage => ({
  disk: join(folder, "disk.img"),
  kernel: join(folder, "vmlinuz"),
  initrd: join(folder, "initrd.img"),
});

const folderOf = (cache: string, recipe: Recipe): string => join(cache, recipe.folder, recipeKey(recipe));

export const isVmImageBuilt = (cache: string, recipe = TEST_MACHINE): Promise<boolean> =>
  exists(folderOf(cache, recipe));

/**
 * The virtual machine's disk, kernel and initrd in the cache: those that are there, else built by debootstrap (about
 * 80 s). A folder holds all three or is not there; older recipes' are removed.
 */
export async function ensureVmImage(
  cache: string,
  say: (message: string) => void,
  signal: AbortSignal,
  recipe = TEST_MACHINE,
): Promise<VmImage> {
  const folder = folderOf(cache, recipe);
  const all = dirname(folder);
  if (await exists(folder)) return imageIn(folder);
  await withProcessLock(
    join(all, "lock"),
    async () => {
      if (await exists(folder)) return;
      for (const name of await readdir(all))
        if (name !== "lock") await rm(join(all, name), { recursive: true, force: true });
      const draft = await mkdtemp(`${folder}.`);
      try {
        await build(draft, recipe, say, signal);
        await chmod(draft, 0o755);
        await rename(draft, folder);
      } catch (error) {
        await rm(draft, { recursive: true, force: true });
        throw error;
      }
    },
    { signal, onWait: () => say("waiting for another process that builds the virtual machine's disk") },
  );
  return imageIn(folder);
}

async function build(
  draft: string,
  recipe: Recipe,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now();
  const root = join(draft, "root");
  const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
  await using _ = repeatedly(() => say(`still building the virtual machine's disk (${seconds()})`));
  say(`building the virtual machine's disk: debootstrap ${SUITE} ${recipe.architecture} with a kernel`);
  const packages = `--include=${recipe.packages.join(",")}`;
  const foreign = foreignPart(recipe.architecture);
  const architecture = [`--arch=${recipe.architecture}`, packages];
  await runTool(
    inOwnNamespaces([...foreign, "debootstrap", "--variant=minbase", ...architecture, SUITE, root]),
    signal,
  );
  await configure(root, recipe);
  if (recipe.kernel === undefined) {
    say("building the virtual machine's initrd");
    await runTool(inOwnNamespaces([...foreign, "chroot", root, "update-initramfs", "-u"]), signal);
  }
  for (const argv of recipe.commands)
    await runTool(inOwnNamespaces([...foreign, "chroot", root, ...argv]), signal);
  const image = imageIn(draft);
  if (recipe.kernel === undefined) {
    await takeBootFile(root, "vmlinuz-", image.kernel);
    await takeBootFile(root, "initrd.img-", image.initrd);
  } else await rename(join(root, recipe.kernel), image.kernel);
  await runTool(["mke2fs", "-q", "-t", "ext4", "-d", root, image.disk, recipe.diskSize], signal);
  await rm(root, { recursive: true, force: true });
  say(`built the virtual machine's disk in ${seconds()}`);
}

/** Mounts and processes of the program's own end with it, and it ends with this process. */
const inOwnNamespaces = (argv: string[]): string[] => [
  ...["setpriv", "--pdeathsig", "KILL"],
  ...["unshare", "--mount", "--pid", "--fork", "--kill-child", ...argv],
];

/**
 * Another architecture's programs run by QEMU's emulation of a processor, which the kernel is told of for as long as a
 * step takes: in a shell that takes it back at its end, whatever that is.
 */
const foreignPart = (architecture: Recipe["architecture"]): string[] =>
  architecture === "amd64" ? [] : ["/bin/sh", projectFile("scripts/vm/with-foreign.sh")];

async function configure(root: string, { files, links }: Recipe): Promise<void> {
  await mkdir(join(root, PAYLOAD), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await rm(join(root, path), { force: true });
    await symlink(target, join(root, path));
  }
  for (const name of await readdir(join(root, "etc/ssh")))
    if (name.startsWith("ssh_host_")) await rm(join(root, "etc/ssh", name));
  for (const path of ["var/cache/apt", "var/lib/apt/lists"])
    await rm(join(root, path), { recursive: true, force: true });
}

async function takeBootFile(root: string, prefix: string, to: string): Promise<void> {
  const found = (await readdir(join(root, "boot"))).find((name) => name.startsWith(prefix));
  if (found === undefined)
    throw rigError("VM_IMAGE", `the virtual machine's disk has no /boot/${prefix}*`, {
      expected: "a kernel and its initrd from Debian's packages",
      fix: "Run again; if it stays so, see what debootstrap prints when run by hand.",
    });
  await rename(join(root, "boot", found), to);
}
