import { existsSync, readFileSync, writeFileSync } from "node:fs";

import { parse, stringify } from "yaml";
import { z } from "zod";

import { ConfigError } from "../config/config-error.ts";
import { problemsOf } from "../config/problems.ts";
import { dnsLabel, map, text } from "../config/schema-parts.ts";
import { readYaml, shownPath } from "../config/yaml-file.ts";
import { usageError } from "../errors.ts";
import { isCheckout, projectFile, userFile } from "../project.ts";
import { scoreNames, type Machine, type ScoreName, type Scores } from "./model.ts";

const entrySchema = map({
  machine: text("What it was measured on, as its kernel names it."),
  date: z
    .string({ error: "a date such as 2026-01-31" })
    .regex(/^\d{4}-\d\d-\d\d$/, { error: "a date such as 2026-01-31" })
    .describe("When it was measured."),
  cores: z.int({ error: "a whole number of cores" }).positive({ error: "at least one core" }),
  versions: z
    .record(z.string(), z.string(), { error: "a map from programs to versions" })
    .describe("What it was measured with."),
  scores: z
    .partialRecord(
      z.enum(scoreNames, { error: `one of ${scoreNames.join(", ")}` }),
      z.number({ error: "a number" }).positive({ error: "a number above 0" }),
      { error: "a map from scores to numbers" },
    )
    .describe("Medians, in operations or bytes a second, ratios, or ms for fsync."),
});

/** Measured reference scores by device class; a class that nobody measured is absent. */
const referenceScoresSchema = z.record(
  dnsLabel("Name of the device class, as in classes.yaml."),
  entrySchema,
  { error: "a map from names to measured classes" },
);

export type ReferenceEntry = z.infer<typeof entrySchema>;
export type ReferenceScores = ReadonlyMap<string, Partial<Record<ScoreName, number>>>;

/** Those that come with edgeproof; an installed edgeproof reads and writes the working folder's instead. */
export const referenceScoresFile = (): string =>
  isCheckout() ? projectFile("fixtures/classes/scores.yaml") : userFile("scores.yaml");

export const referenceScoresJsonSchema = (): object =>
  z.toJSONSchema(referenceScoresSchema, { target: "draft-7", io: "input" });

/** @throws ConfigError with every problem of the file */
export function readReferenceScores(file = referenceScoresFile()): ReferenceScores {
  if (!existsSync(file)) return new Map();
  const yaml = readYaml(file);
  const parsed = referenceScoresSchema.safeParse(yaml.value ?? {});
  if (!parsed.success) throw new ConfigError(problemsOf(yaml, referenceScoresSchema, parsed.error));
  return new Map(Object.entries(parsed.data).map(([name, { scores }]) => [name, scores]));
}

/** What is kept of a measured node: the medians to four digits, which is finer than any of them is known. */
export function referenceEntry(
  machine: Machine,
  scores: Scores,
  { at, versions }: { at: number; versions: Record<string, string> },
): ReferenceEntry {
  return {
    machine: `${machine.model || "unnamed"}, ${machine.architecture}, ${machine.memoryMiB} MiB, Linux ${machine.kernel}`,
    date: new Date(at).toISOString().slice(0, 10),
    cores: machine.cores,
    versions: { ...versions, go: machine.go },
    scores: Object.fromEntries(
      Object.entries(scores).flatMap(([name, { value }]) =>
        value > 0 ? [[name, Number(value.toPrecision(4))]] : [],
      ),
    ),
  };
}

/** Comments and empty lines that a file begins with. */
const HEAD = /^(?:#.*\n|\n)*/;

/** Writes one class into the file, in place of what it had; other classes and the file's head stay. @throws EdgeproofError */
export function saveReference(file: string, name: string, entry: ReferenceEntry): void {
  if (existsSync(file)) readReferenceScores(file);
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const classes = { ...(parse(text) as Record<string, unknown> | null), [name]: entry };
  try {
    writeFileSync(file, `${HEAD.exec(text)?.[0] ?? ""}${stringify(classes)}`);
  } catch (cause) {
    throw usageError("scores-unwritable", "the measured scores cannot be written", {
      where: shownPath(file),
      expected: "a writable file",
      fix: "give another one with --scores",
      cause,
    });
  }
}
