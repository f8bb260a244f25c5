import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Absolute path of a file that ships with edgeproof, such as `fixtures/topologies`. */
export const projectFile = (...parts: string[]): string => join(root, ...parts);

export const edgeproofVersion = (): string =>
  (JSON.parse(readFileSync(projectFile("package.json"), "utf8")) as { version: string }).version;
