import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { writeFailure } from "../record/ndjson.ts";
import { stateFolder } from "../state-folder.ts";
import { scoresSchema, type Scores } from "./model.ts";

const hostScoresSchema = z.object({
  schema: z.literal(1),
  /** As the kernel names the processor. */
  processor: z.string(),
  cores: z.int().positive(),
  /** ms since the epoch. */
  measuredAt: z.number(),
  scores: scoresSchema,
});

/** What this machine computes without a limit: what device classes are calibrated against. */
export type HostScores = z.infer<typeof hostScoresSchema>;

const scoresFile = (): string => join(stateFolder(), "host-scores.json");

const thisProcessor = (): Pick<HostScores, "processor" | "cores"> => {
  const all = cpus();
  return { processor: all[0]?.model ?? "unnamed", cores: all.length };
};

/** Keeps what was measured just now, for every rig that comes up later. */
export async function keepHostScores(scores: Scores, measuredAt: number): Promise<void> {
  const kept: HostScores = { schema: 1, ...thisProcessor(), measuredAt, scores };
  const file = scoresFile();
  try {
    await mkdir(stateFolder(), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, `${JSON.stringify(kept, undefined, 2)}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  } catch (cause) {
    throw writeFailure(file, cause);
  }
}

/** Undefined where this machine was never measured, or was another one then. */
export function hostScores(): HostScores | undefined {
  const file = scoresFile();
  if (!existsSync(file)) return undefined;
  const parsed = hostScoresSchema.safeParse(jsonOf(readFileSync(file, "utf8")));
  if (!parsed.success) return undefined;
  const { processor, cores } = thisProcessor();
  return parsed.data.processor === processor && parsed.data.cores === cores ? parsed.data : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
