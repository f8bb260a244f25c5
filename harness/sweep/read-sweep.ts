import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { type EdgeproofError, usageError } from "../errors.ts";
import { type RecordedSweep, type RecordedTrial, SWEEP_SCHEMA, type SweepHeader } from "./model.ts";

export const SWEEP_FILE = "sweep.ndjson";

const text = z.string();
const number = z.number();

const headerSchema: z.ZodType<SweepHeader> = z.object({
  schema: z.literal(SWEEP_SCHEMA),
  suite: text,
  axis: z.object({
    what: text,
    fault: z.object({ name: text, parameter: text }).optional(),
    low: number,
    high: number,
    unit: text,
    whole: z.boolean(),
  }) as z.ZodType<SweepHeader["axis"]>,
  resolution: number,
  cap: number,
  confidence: number,
  seed: number,
  rig: z.object({ name: text, topology: text, engine: text, wanBackend: text }),
  versions: z.record(text, text),
  value: z.object({ title: text, unit: z.enum(["ms", "share", "count", "bytes"]) }).exactOptional(),
  startedAt: number,
});

const trialSchema: z.ZodType<RecordedTrial> = z.object({
  at: number,
  x: number,
  ok: z.boolean(),
  value: number.exactOptional(),
  excluded: text.exactOptional(),
  detail: text,
});

const damaged = (where: string, message: string, cause?: unknown): EdgeproofError =>
  usageError("sweep-damaged", message, {
    where,
    expected: "a file that `edgeproof sweep` wrote",
    fix: "give the folder of another sweep, or begin a new one",
    cause,
  });

function parsed<T>(line: string, where: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw damaged(where, "not a line of JSON", cause);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw damaged(where, `${issue?.path.join(".") ?? "the value"}: ${issue?.message ?? "not valid"}`);
}

/** The number of bytes of whole lines: a line that was cut off in the middle can only be the last. */
export const wholeLines = (file: string): number => readFileSync(file).lastIndexOf(0x0a) + 1;

/** Reads a sweep back; a line that was cut off is left out. Usage error (exit 64) with file:line for what is none. */
export function readSweep(folder: string): RecordedSweep {
  const file = join(folder, SWEEP_FILE);
  if (!existsSync(file))
    throw usageError("sweep-missing", "this folder is not a sweep", {
      where: file,
      expected: `a folder below \`reports/sweeps/\` with a ${SWEEP_FILE}`,
      fix: "give the path of a sweep's folder",
    });
  const [first, ...lines] = readFileSync(file).subarray(0, wholeLines(file)).toString("utf8").split("\n");
  if (first === undefined || first === "") throw damaged(file, "there is no header");
  return {
    folder,
    header: parsed(first, `${file}:1`, headerSchema),
    trials: lines.slice(0, -1).map((line, index) => parsed(line, `${file}:${index + 2}`, trialSchema)),
  };
}
