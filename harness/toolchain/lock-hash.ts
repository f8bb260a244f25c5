import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "./catalog.ts";
import { targetName, type Target } from "./node-target.ts";

/** Raise it when what `go-build.ts` does to the same sources changes. */
const recipe = 1;

/** Files of a source folder, hidden ones and tests aside (no build reads those), relative and sorted so that every machine hashes them alike. */
const sourceFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .filter((path) => !path.split("/").some((part) => part.startsWith(".")) && !path.endsWith("_test.go"))
    .sort();

const shortHash = (parts: readonly (string | Buffer)[]): string => {
  const hash = createHash("sha256");
  // Lengths keep parts apart: ["ab", "c"] is not ["a", "bc"].
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("hex").slice(0, 20);
};

/** Everything that decides what comes out of a build. */
interface BuildInput {
  folder: string;
  package: string;
  tags: readonly string[];
  ldflags: string;
  /** Go's major.minor. */
  go: string;
  target: Target;
}

/** Key of one built program: another key whenever the program could come out different. */
export const buildKey = (input: BuildInput): string =>
  shortHash([
    String(recipe),
    ...sourceFiles(input.folder).flatMap((path) => [path, readFileSync(join(input.folder, path))]),
    input.package,
    input.tags.join(","),
    input.ldflags,
    input.go,
    targetName(input.target),
  ]);

export const programKey = ({ lock, package: path }: Program, go: string, target: Target): string =>
  buildKey({ folder: lock.folder, package: path, tags: lock.tags, ldflags: lock.ldflags, go, target });

/** One key for a set of keys, in any order. */
export const combinedKey = (keys: Iterable<string>): string => shortHash([...keys].sort());
