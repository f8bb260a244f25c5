import { z } from "zod";
import type { ConfigProblem } from "./config-error.ts";
import { didYouMean } from "./did-you-mean.ts";
import { quantityKinds } from "./quantity-schema.ts";
import { fixQuantity } from "./units.ts";
import type { Path, YamlFile } from "./yaml-file.ts";

type Schema = z.core.$ZodType;

/** `nodes[1].role`, as people write it. */
const dotted = (path: Path): string =>
  path.reduce<string>(
    (shown, step) =>
      typeof step === "number" ? `${shown}[${step}]` : shown === "" ? step : `${shown}.${step}`,
    "",
  );

/** The schema behind `.optional()` and `.default()`. */
const bare = (schema: Schema): Schema =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? bare(schema.def.innerType)
    : schema;

const schemaAt = (schema: Schema, path: Path): Schema | undefined => {
  const here = bare(schema);
  const [step, ...rest] = path;
  if (step === undefined) return here;
  let next: Schema | undefined;
  if (here instanceof z.ZodObject) next = (here.shape as Record<string, Schema>)[step];
  else if (here instanceof z.ZodArray) next = here.element;
  else if (here instanceof z.ZodRecord) next = here.valueType;
  return next && schemaAt(next, rest);
};

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown> | null)?.[step], value);

const shown = (value: unknown): string => {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return `\`${String(value)}\``;
};

const unknownKeys = (
  file: YamlFile,
  schema: Schema,
  path: Path,
  keys: readonly string[],
): ConfigProblem[] => {
  const here = schemaAt(schema, path);
  const known = here instanceof z.ZodObject ? Object.keys(here.shape) : [];
  return keys.map((key) => ({
    where: file.whereKey([...path, key]),
    message: `unknown key \`${dotted([...path, key])}\``,
    expected: `one of ${known.join(", ")}`,
    fix: didYouMean(key, known) ?? "remove it",
  }));
};

const badValue = (file: YamlFile, schema: Schema, path: Path, issue: z.core.$ZodIssue): ConfigProblem => {
  const value = valueAt(file.value, path);
  const name = path.length === 0 ? "the file" : `\`${dotted(path)}\``;
  if (value === undefined) {
    return {
      where: file.whereValue(path),
      message: `${name} is missing`,
      expected: issue.message,
      fix: `add \`${path.at(-1)}:\``,
    };
  }
  const here = schemaAt(schema, path);
  const kind = here && quantityKinds.get(here)?.kind;
  let fix: string | undefined;
  if (kind) fix = fixQuantity(kind, value);
  else if (issue.code === "invalid_value") fix = didYouMean(String(value), issue.values.map(String));
  else if (typeof value === "number") fix = `put it in quotes: "${value}"`;
  return {
    where: file.whereValue(path),
    message: `${name} is ${shown(value)}`,
    expected: issue.message,
    fix,
  };
};

/** What zod found, in the words and places of the file. */
export const problemsOf = (file: YamlFile, schema: Schema, error: z.core.$ZodError): ConfigProblem[] =>
  error.issues.flatMap((issue) => {
    const path = issue.path as Path;
    if (issue.code === "unrecognized_keys") return unknownKeys(file, schema, path, issue.keys);
    if (issue.code === "invalid_key") {
      const expected = issue.issues[0]?.message;
      return [{ where: file.whereKey(path), message: `\`${dotted(path)}\` is not a valid name`, expected }];
    }
    return [badValue(file, schema, path, issue)];
  });
