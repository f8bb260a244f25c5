import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { writeFailure } from "../record/ndjson.ts";
import { scoresSchema, type Characterization } from "./model.ts";

const measuredSchema = z.record(
  z.string(),
  z.object({ at: z.number(), nearest: z.string(), scores: scoresSchema }),
);
/** What each node of a rig was measured to be last, by name; `at` is when, ms since the epoch. */
export type MeasuredNodes = z.infer<typeof measuredSchema>;

const fileIn = (rigFolder: string): string => join(rigFolder, "measured.json");

/** Keeps what was found beside the rig, for the records of its runs, and goes with it. Nodes not measured now stay as they were. */
export function keepMeasured(rigFolder: string, { nodes, startedAt }: Characterization): void {
  const now = nodes.map(({ node, nearest, scores }) => [
    node,
    { at: startedAt, nearest: nearest.text, scores },
  ]);
  const kept = { ...readMeasured(rigFolder), ...(Object.fromEntries(now) as MeasuredNodes) };
  try {
    writeFileSync(fileIn(rigFolder), JSON.stringify(kept), { mode: 0o600 });
  } catch (cause) {
    throw writeFailure(rigFolder, cause);
  }
}

/** Empty where nothing was measured of the rig of this folder. */
export function readMeasured(rigFolder: string): MeasuredNodes {
  const file = fileIn(rigFolder);
  return existsSync(file) ? measuredSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : {};
}
