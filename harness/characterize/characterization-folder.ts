import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { writeFailure } from "../record/ndjson.ts";
import type { Characterization } from "./model.ts";

export const CHARACTERIZATION_FILE = "characterization.json";

/** Makes `ROOT/characterizations/20260131T235959Z-lab` with the result as JSON, and returns its path. */
export function writeCharacterization(root: string, found: Characterization): string {
  const stamp = new Date(found.startedAt).toISOString().replace(/[-:]|\.\d+/g, "");
  const plain = join(root, "characterizations", `${stamp}-${found.rig}`);
  let folder = plain;
  for (let number = 2; existsSync(folder); number++) folder = `${plain}-${number}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, CHARACTERIZATION_FILE), `${JSON.stringify(found, undefined, 2)}\n`);
  } catch (cause) {
    throw writeFailure(folder, cause);
  }
  return folder;
}
