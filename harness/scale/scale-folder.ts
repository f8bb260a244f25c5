import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { writeFailure } from "../record/ndjson.ts";
import { stampedFolder } from "../record/stamped-folder.ts";
import type { ScaleRun } from "./model.ts";

const SCALE_FILE = "scale.json";

/** Makes `ROOT/scale/20260131T235959Z-lab`, and returns its path. */
export function createScaleFolder(root: string, rig: string, startedAt: number): string {
  return stampedFolder(join(root, "scale"), startedAt, rig);
}

/** Written after every step, so that a killed run leaves what it measured. */
export function writeScale(folder: string, run: ScaleRun): void {
  try {
    writeFileSync(join(folder, SCALE_FILE), `${JSON.stringify(run, undefined, 2)}\n`);
  } catch (cause) {
    throw writeFailure(folder, cause);
  }
}
