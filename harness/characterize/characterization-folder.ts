import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { writeFailure } from "../record/ndjson.ts";
import { stampedFolder } from "../record/stamped-folder.ts";
import type { Characterization } from "./model.ts";

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
