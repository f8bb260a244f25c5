import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { writeFailure } from "../record/ndjson.ts";
import { stampedFolder } from "../record/stamped-folder.ts";
import { characterizationSchema, type Characterization } from "./model.ts";

export const CHARACTERIZATION_FILE = "characterization.json";

/** Makes `ROOT/characterizations/20260131T235959Z-lab` with the result as JSON, and returns its path. */
export function writeCharacterization(root: string, found: Characterization): string {
  const folder = stampedFolder(join(root, "characterizations"), found.startedAt, found.rig);
  try {
    writeFileSync(join(folder, CHARACTERIZATION_FILE), `${JSON.stringify(found, undefined, 2)}\n`);
  } catch (cause) {
    throw writeFailure(folder, cause);
  }
  return folder;
}

/** Keeps the result beside the rig, for the records of its runs, and goes with it. */
export function keepCharacterization(rigFolder: string, found: Characterization): void {
  const last = readLastCharacterization(rigFolder);
  // One node measured by itself leaves what is known of the others.
  const others = last?.nodes.filter(({ node }) => !found.nodes.some((one) => one.node === node)) ?? [];
  const kept: Characterization = { ...found, nodes: [...found.nodes, ...others] };
  try {
    writeFileSync(join(rigFolder, CHARACTERIZATION_FILE), JSON.stringify(kept), { mode: 0o600 });
  } catch (cause) {
    throw writeFailure(rigFolder, cause);
  }
}

/** What was measured last of the rig of this folder; undefined where nothing was. */
export function readLastCharacterization(rigFolder: string): Characterization | undefined {
  const file = join(rigFolder, CHARACTERIZATION_FILE);
  if (!existsSync(file)) return undefined;
  return characterizationSchema.parse(JSON.parse(readFileSync(file, "utf8")));
}
