import { projectFile } from "../../harness/project.ts";
import { type Recipe, SUITE } from "./recipe.ts";
import { runTool } from "./run-tool.ts";

type Architecture = Recipe["architecture"];

/** Mounts and processes of the program's own end with it, and it ends with this process. */
const inOwnNamespaces = (argv: readonly string[]): string[] => [
  ...["setpriv", "--pdeathsig", "KILL"],
  ...["unshare", "--mount", "--pid", "--fork", "--kill-child", ...argv],
];

/**
 * Another architecture's programs run by QEMU's emulation of a processor, which the kernel is told of for as long as a
 * step takes: in a shell that takes it back at its end, whatever that is.
 */
const foreignPart = (architecture: Architecture): string[] =>
  architecture === "amd64" ? [] : ["/bin/sh", projectFile("scripts/vm/with-foreign.sh")];

/** The arguments of a program that is run with `root` as its root. */
export const chrooted = (
  root: string,
  argv: readonly string[],
  architecture: Architecture = "amd64",
): string[] => inOwnNamespaces([...foreignPart(architecture), "chroot", root, ...argv]);

/** Fills a folder with Debian. */
export async function debootstrap(
  root: string,
  { architecture, packages }: Pick<Recipe, "architecture" | "packages">,
  signal: AbortSignal,
): Promise<void> {
  const what = [`--arch=${architecture}`, `--include=${packages.join(",")}`, SUITE, root];
  const argv = ["debootstrap", "--variant=minbase", ...what];
  await runTool(inOwnNamespaces([...foreignPart(architecture), ...argv]), signal);
}
