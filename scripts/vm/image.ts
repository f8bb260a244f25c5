import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { rigError } from "../../harness/errors.ts";
import { ensureFolder } from "./cached-folder.ts";
import { chrooted, debootstrap } from "./debootstrap.ts";
import { PAYLOAD, recipeKey, SUITE, TEST_MACHINE, type Recipe } from "./recipe.ts";
import { runTool } from "./run-tool.ts";
import { ensureUmlKernel, type UmlKernel } from "./uml-kernel.ts";

export interface VmImage {
  /** Root disk, raw; run with `snapshot=on`, so that it never changes. */
  disk: string;
  kernel: string;
  /** Not there where the kernel needs none. */
  initrd: string;
}

const imageIn = (folder: string): VmImage => ({
  disk: join(folder, "disk.img"),
  kernel: join(folder, "vmlinuz"),
  initrd: join(folder, "initrd.img"),
});

const folderOf = (cache: string, recipe: Recipe): string => join(cache, recipe.folder, recipeKey(recipe));

export const isVmImageBuilt = (cache: string, recipe = TEST_MACHINE): boolean =>
  existsSync(folderOf(cache, recipe));

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
  if (!existsSync(folder)) {
    const kernel = recipe.umlKernel ? await ensureUmlKernel(cache, say, signal) : undefined;
    const make = (draft: string): Promise<void> => build(draft, recipe, kernel, say, signal);
    await ensureFolder(folder, make, { say, signal, what: "the virtual machine's disk" });
  }
  return imageIn(folder);
}

async function build(
  draft: string,
  recipe: Recipe,
  uml: UmlKernel | undefined,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const root = join(draft, "root");
  say(`building the virtual machine's disk: debootstrap ${SUITE} ${recipe.architecture} with a kernel`);
  await debootstrap(root, recipe, signal);
  await configure(root, recipe);
  const inside = (argv: readonly string[]): Promise<void> =>
    runTool(chrooted(root, argv, recipe.architecture), signal);
  if (!uml) {
    say("building the virtual machine's initrd");
    await inside(["update-initramfs", "-u"]);
  }
  for (const argv of recipe.commands) await inside(argv);
  const image = imageIn(draft);
  if (uml) {
    await copyFile(uml.program, image.kernel);
    await cp(uml.modules, join(root, "usr/lib/modules"), { recursive: true, verbatimSymlinks: true });
  } else {
    await takeBootFile(root, "vmlinuz-", image.kernel);
    await takeBootFile(root, "initrd.img-", image.initrd);
  }
  await runTool(["mke2fs", "-q", "-t", "ext4", "-d", root, image.disk, recipe.diskSize], signal);
  await rm(root, { recursive: true, force: true });
}

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
