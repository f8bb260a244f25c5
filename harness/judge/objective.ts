import { z } from "zod";
import { ConfigError, type ConfigProblem } from "../config/config-error.ts";
import { didYouMean } from "../config/did-you-mean.ts";
import { parseYaml, readYaml, type Path, type YamlFile } from "../config/yaml-file.ts";
import { objectiveSchemas, QUANTITIES, type ObjectiveInput } from "./objective-schema.ts";

/** A named limit on a measured quantity; limits are milliseconds or shares from 0 to 1. */
export type Objective = ObjectiveInput;

/** Whether a scope's phase means that one: its name, the beginning of it before a `*`, or none for every phase. */
export const isAboutPhase = (wanted: string | undefined, name: string): boolean =>
  wanted === undefined || (wanted.endsWith("*") ? name.startsWith(wanted.slice(0, -1)) : wanted === name);

interface Issue {
  path: Path;
  issue: z.core.$ZodIssue;
  known: readonly string[];
}

const shown = (value: unknown): string =>
  value === null || typeof value === "object" ? "not a plain value" : `\`${String(value)}\``;

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown> | null)?.[step], value);

const problemsOf = (file: YamlFile, { path, issue, known }: Issue): ConfigProblem[] => {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      where: file.whereKey([...path, key]),
      message: `unknown key \`${key}\``,
      expected: `one of ${known.join(", ")}`,
      fix: didYouMean(key, known) ?? "remove it",
    }));
  }
  const value = valueAt(file.value, path);
  const key = String(path.at(-1));
  const missing = value === undefined;
  return [
    {
      where: file.whereValue(path),
      message: missing ? `\`${key}\` is missing` : `\`${key}\` is ${shown(value)}`,
      expected: issue.message,
      fix: missing
        ? `add \`${key}:\``
        : issue.code === "invalid_value"
          ? didYouMean(String(value), issue.values.map(String))
          : undefined,
    },
  ];
};

const keysOf = (schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] => {
  let here = schema instanceof z.ZodPipe ? schema.in : schema;
  for (const step of path) {
    if (here instanceof z.ZodObject) here = (here.shape as Record<string, z.core.$ZodType>)[String(step)]!;
    if (here instanceof z.ZodDefault || here instanceof z.ZodPrefault) here = here.def.innerType;
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
};

/** Reads one entry; puts what is wrong into `problems`. */
const readOne = (file: YamlFile, index: number, entry: unknown, problems: ConfigProblem[]) => {
  const quantity: unknown = (entry as { quantity?: unknown } | null)?.quantity;
  const schema = QUANTITIES.find((name) => name === quantity);
  const at: Path = ["objectives", index];
  if (schema === undefined) {
    const path = quantity === undefined ? at : [...at, "quantity"];
    problems.push({
      where: file.whereValue(path),
      message: quantity === undefined ? "`quantity` is missing" : `\`quantity\` is ${shown(quantity)}`,
      expected: `one of ${QUANTITIES.join(", ")}`,
      fix: didYouMean(String(quantity), QUANTITIES),
    });
    return undefined;
  }
  const chosen = objectiveSchemas[schema];
  const parsed = chosen.safeParse(entry);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const path: Path = [...at, ...(issue.path as (string | number)[])];
    problems.push(...problemsOf(file, { path, issue, known: keysOf(chosen, issue.path) }));
  }
  return undefined;
};

/** Objectives of the key `objectives:` of a file that has been read; a file of its own has no other key. */
export const objectivesOf = (file: YamlFile): Objective[] => {
  const whole = z.strictObject({ objectives: z.array(z.unknown()).min(1) }).safeParse(file.value);
  if (!whole.success) {
    const stray = whole.error.issues.flatMap((issue) =>
      issue.code === "unrecognized_keys" ? issue.keys : [],
    )[0];
    throw new ConfigError([
      {
        where: stray === undefined ? file.whereValue(["objectives"]) : file.whereKey([stray]),
        message: stray === undefined ? "there are no objectives" : `unknown key \`${stray}\``,
        expected: "a map with one key, `objectives:`, that holds a list of at least one objective",
        fix: stray === undefined ? "add one; fixtures/objectives/quickstart.yaml shows how" : "remove it",
      },
    ]);
  }
  const problems: ConfigProblem[] = [];
  const found: Objective[] = [];
  whole.data.objectives.forEach((entry, index) => {
    const objective = readOne(file, index, entry, problems);
    if (!objective) return;
    if (found.some(({ name }) => name === objective.name)) {
      problems.push({
        where: file.whereValue(["objectives", index, "name"]),
        message: `there is already an objective \`${objective.name}\``,
        expected: "a name that is used once in the file",
        fix: "choose another name",
      });
    }
    found.push(objective);
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return found;
};

/** Objectives from YAML text; usage error (exit 64) with file:line:column of everything that is wrong. */
export const parseObjectives = (text: string, file: string): Objective[] =>
  objectivesOf(parseYaml(text, file));

/** The same from a file. */
export const loadObjectives = (file: string): Objective[] => objectivesOf(readYaml(file));
