import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { usageError } from "../../harness/errors.ts";

/** A run's folder name, as `edgeproof run` makes them: it becomes part of paths and of links. */
const RUN_NAME = /^[0-9]{8}T[0-9]{6}Z-[A-Za-z0-9._-]+$/;
/** What of a run is kept: what it recorded, its verdicts and its page. */
const KEPT = ["run.json", "events.ndjson", "samples", "verdict.json", "summary.md", "report.html"];

/** Run folders below a folder of downloads, oldest first; each artifact has a folder of its own. */
export function runsBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === "run.json")
    .map((entry) => entry.parentPath)
    .toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
}

/** @throws EdgeproofError (usage) for a name that no run has */
export function nameOf(folder: string): string {
  const name = folder.split(/[\\/]/).at(-1) ?? "";
  if (RUN_NAME.test(name)) return name;
  throw usageError("site-run", `\`${name}\` is no name of a run`, {
    where: folder,
    expected: "a folder as `edgeproof run` makes them, such as 20260131T235959Z-1a2b3c4d-quickstart",
  });
}

/** Copies what is kept of a run into the history. Returns false where it is there already. */
export function keepRun(from: string, history: string): boolean {
  const to = join(history, "runs", nameOf(from));
  if (existsSync(join(to, "run.json"))) return false;
  mkdirSync(dirname(to), { recursive: true });
  for (const part of KEPT)
    if (existsSync(join(from, part))) cpSync(join(from, part), join(to, part), { recursive: true });
  return true;
}

/** Names of the runs of a history, newest first, after all but `keep` of them were removed. */
export function forgetOldRuns(history: string, keep: number): string[] {
  const runs = join(history, "runs");
  const names = existsSync(runs) ? readdirSync(runs).toSorted().toReversed() : [];
  for (const old of names.slice(keep)) rmSync(join(runs, old), { recursive: true });
  return names.slice(0, keep);
}
