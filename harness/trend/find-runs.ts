import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

import { EdgeproofError, usageError } from "../errors.ts";
import { readRun } from "../record/read-run.ts";
import { runFigures } from "./figures.ts";
import type { RunFigures, Trend } from "./model.ts";

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** `*` stands for any text within a name, `?` for one character of it. */
const patternOf = (part: string): RegExp =>
  new RegExp(
    `^${part
      .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  );

/** Folders that a path with wildcards names, by name. */
function matching(pattern: string): string[] {
  const [root = "", ...parts] = resolve(pattern).split(/[\\/]/);
  let found = [`${root}/`];
  for (const part of parts) {
    const wild = /[*?]/.test(part) ? patternOf(part) : undefined;
    found = found.flatMap((folder) => {
      if (wild === undefined) return [join(folder, part)];
      if (!isFolder(folder)) return [];
      return readdirSync(folder)
        .filter((name) => wild.test(name) && (part.startsWith(".") || !name.startsWith(".")))
        .toSorted()
        .map((name) => join(folder, name));
    });
  }
  return found.filter(isFolder);
}

const isRun = (folder: string): boolean => existsSync(join(folder, "run.json"));

/** The runs that one argument names: a run, a folder of runs, or a pattern of either. */
function runsAt(argument: string): string[] {
  const found = matching(argument).flatMap((folder) => {
    if (isRun(folder)) return [folder];
    return readdirSync(folder)
      .toSorted()
      .map((name) => join(folder, name))
      .filter(isRun);
  });
  if (found.length > 0) return found;
  throw usageError("no-run-here", "there is no recorded run here", {
    where: argument,
    expected: "a run folder with a run.json, a folder of such, or a pattern like `reports/runs/*quickstart`",
    fix: "run a suite with `edgeproof run`, or name other folders",
  });
}

/** Folders of all runs that are named, each once: `reports/latest` is a link to a run that may be named as well. */
export const runFolders = (arguments_: readonly string[]): string[] => [
  ...new Set(arguments_.flatMap(runsAt).map((folder) => realpathSync(folder))),
];

/** Reads runs one after the other and keeps their figures alone; one that is damaged is said and left out. */
export function readFigures(arguments_: readonly string[]): {
  runs: RunFigures[];
  unread: Trend["excluded"];
} {
  const runs: RunFigures[] = [];
  const unread: Trend["excluded"] = [];
  for (const folder of runFolders(arguments_)) {
    try {
      runs.push(runFigures(readRun(folder)));
    } catch (error) {
      if (!(error instanceof EdgeproofError)) throw error;
      unread.push({ run: folder, reason: `${error.message} (${error.where ?? error.code})` });
    }
  }
  return { runs, unread };
}
