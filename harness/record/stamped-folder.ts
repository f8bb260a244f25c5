import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { writeFailure } from "./ndjson.ts";

/** `20260131T235959Z`. */
export const utcStamp = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");

/**
 * Makes `PARENT/20260131T235959Z-NAME` and returns its path; a second one of the same second gets `-2`.
 *
 * @throws EdgeproofError (rig trouble) where nothing can be written
 */
export function stampedFolder(parent: string, startedAt: number, name: string): string {
  const plain = join(parent, `${utcStamp(startedAt)}-${name}`);
  let folder = plain;
  for (let number = 2; existsSync(folder); number++) folder = `${plain}-${number}`;
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw writeFailure(folder, cause);
  }
  return folder;
}
