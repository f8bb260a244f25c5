import type { z } from "zod";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { problemsOf } from "./problems.ts";
import type { Partly } from "./topology-rules.ts";
import type { YamlFile } from "./yaml-file.ts";

/** The file's value less what the schema refused. */
const accepted = (value: unknown, refused: readonly z.core.$ZodIssue[]): unknown => {
  if (refused.some(({ path, code }) => path.length === 0 && code !== "unrecognized_keys")) return undefined;
  const copy: unknown = structuredClone(value);
  for (const { path } of refused.filter(({ code }) => code !== "unrecognized_keys")) {
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((inner, step) => (inner as Tree | undefined)?.[step], copy);
    if (parent !== undefined) (parent as Tree)[path.at(-1)!] = undefined;
  }
  return copy;
};
type Tree = Record<PropertyKey, unknown>;

/** Applies the schema and the rules, and reports what both of them found. */
export const checked = <T extends z.ZodType>(
  file: YamlFile,
  schema: T,
  rules: (value: Partly<z.input<T>>) => ConfigProblem[],
): z.output<T> => {
  const result = schema.safeParse(file.value);
  const part = accepted(file.value, result.error?.issues ?? []);
  const problems = [
    ...(result.success ? [] : problemsOf(file, schema, result.error)),
    ...(part === undefined ? [] : rules(part as Partly<z.input<T>>)),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return result.data as z.output<T>;
};
