import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The nearest folder with a package.json, from this file up: compiled code lies one folder deeper than its source. */
function packageFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  for (let folder = here; folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, "package.json"))) return folder;
  return join(here, "..");
}

const root = packageFolder();

/** Absolute path of a file that ships with edgeproof, such as `fixtures/topologies`; an absolute path stays what it is. */
export const projectFile = (...parts: string[]): string => resolve(root, ...parts);

/** Whether this is edgeproof's own repository, with sources and tests, and not an installed package. */
export const isCheckout = (): boolean => existsSync(projectFile("harness/project.ts"));

/**
 * Absolute path of a module of edgeproof by its source's, such as `harness/agent/main.ts`: in an installed package, what
 * it was compiled to.
 */
export const moduleFile = (source: string): string =>
  isCheckout() ? projectFile(source) : projectFile("dist", source.replace(/\.ts$/, ".js"));

/**
 * Absolute path of a file of the user's: below the working folder. That is where runs are recorded, and where a project
 * has its own suites.
 */
export const userFile = (path: string): string => resolve(path);

export const edgeproofVersion = (): string =>
  (JSON.parse(readFileSync(projectFile("package.json"), "utf8")) as { version: string }).version;
