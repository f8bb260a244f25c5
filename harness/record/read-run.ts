import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { usageError, type EdgeproofError } from "../errors.ts";
import { RUN_SCHEMA, type RecordedRun, type RunHeader } from "./model.ts";
import { eventSchema, headerSchema, sampleSchema } from "./schema.ts";

/** Usage error (exit 64): a file of a run is not what `RunRecorder` writes. */
export const damaged = (where: string, message: string, cause?: unknown): EdgeproofError =>
  usageError("run-damaged", message, {
    where,
    expected: "a file that `edgeproof run` wrote",
    fix: "choose another run folder, or run again; a run's files are not to be edited",
    cause,
  });

const firstIssue = (error: z.ZodError): string => {
  const issue = error.issues[0];
  return issue === undefined ? "not valid" : `${issue.path.join(".") || "the value"}: ${issue.message}`;
};

const readHeader = (file: string): RunHeader => {
  if (!existsSync(file)) {
    throw usageError("run-missing", "this folder is not a recorded run", {
      where: file,
      expected: "a folder below `reports/runs/` with a run.json",
      fix: "give the path of a run, such as `reports/latest`",
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw damaged(file, "not JSON", cause);
  }
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (schema !== RUN_SCHEMA) {
    throw usageError(
      "run-schema",
      `the run has schema ${schema === undefined ? "none" : JSON.stringify(schema)}`,
      {
        where: file,
        expected: `schema ${RUN_SCHEMA}, the one that this edgeproof reads`,
        fix: "judge the run with the edgeproof version that recorded it (see `versions` in run.json)",
      },
    );
  }
  const parsed = headerSchema.safeParse(value);
  if (!parsed.success) throw damaged(file, firstIssue(parsed.error));
  return parsed.data;
};

/** Lines of an append-only file. One cut off in the middle can only be the last, without its newline: left out. */
const readLines = <T>(file: string, schema: z.ZodType<T>): T[] => {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  lines.pop();
  return lines.map((line, index) => {
    const where = `${file}:${index + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw damaged(where, "not a line of JSON", cause);
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw damaged(where, firstIssue(parsed.error));
    return parsed.data;
  });
};

/** Files of samples, one for each phase, in the order of their names. */
export function sampleFiles(folder: string, phases?: readonly string[]): string[] {
  const samples = join(folder, "samples");
  return (existsSync(samples) ? readdirSync(samples) : [])
    .filter((name) => name.endsWith(".ndjson"))
    .filter((name) => phases?.includes(name.slice(0, -".ndjson".length)) ?? true)
    .toSorted()
    .map((name) => join(samples, name));
}

/** A run without its samples. Usage error (exit 64) with file:line when a file is not what `RunRecorder` writes. */
export const readEvents = (folder: string): Omit<RecordedRun, "samples"> => {
  const header = readHeader(join(folder, "run.json"));
  const events = readLines(join(folder, "events.ndjson"), eventSchema);
  return { folder, header, events, complete: events.some((event) => event.type === "end") };
};

/**
 * Reads a run back. Usage error (exit 64) with file:line when a file is not what `RunRecorder` writes.
 *
 * @param samplesOf The phases whose samples are read. @default all of them
 */
export const readRun = (folder: string, samplesOf?: readonly string[]): RecordedRun => ({
  ...readEvents(folder),
  samples: sampleFiles(folder, samplesOf).flatMap((file) => readLines(file, sampleSchema)),
});
