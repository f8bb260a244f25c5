import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";

import { edgeproofVersion, projectFile } from "../../project.ts";

/** npm's own record of what it installed; https://docs.npmjs.com/cli/configuring-npm/package-lock-json. */
interface Installed {
  packages?: Record<string, { resolved?: string }>;
}

/** The tarball that edgeproof was installed from, absolute; undefined where it was none of this machine. */
function ownTarball(): string | undefined {
  const root = projectFile(".");
  const modules = dirname(root);
  const record = resolve(modules, ".package-lock.json");
  if (basename(modules) !== "node_modules" || !existsSync(record)) return undefined;
  const { packages = {} } = JSON.parse(readFileSync(record, "utf8")) as Installed;
  const { resolved = "" } = packages[`node_modules/${basename(root)}`] ?? {};
  return resolved.startsWith("file:") ? resolve(dirname(modules), resolved.slice("file:".length)) : undefined;
}

/** What a project in `folder` has to ask npm for to get this edgeproof: its version, or the tarball it came from. */
export function packageSpec(folder: string): string {
  const tarball = ownTarball();
  return tarball === undefined ? edgeproofVersion() : `file:${relative(folder, tarball)}`;
}

/** Whether npm's registry has no edgeproof, as long as package.json keeps it from being published. */
export const isUnpublished = (): boolean =>
  (JSON.parse(readFileSync(projectFile("package.json"), "utf8")) as { private?: boolean }).private === true;
