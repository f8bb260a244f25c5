import { createHash } from "node:crypto";

import { ConfigError } from "../config/config-error.ts";
import { closest } from "../config/did-you-mean.ts";
import { loadProfiles } from "../config/load.ts";
import { problemsOf } from "../config/problems.ts";
import { readYaml, shownPath } from "../config/yaml-file.ts";
import { usageError } from "../errors.ts";
import { projectFile } from "../project.ts";
import { type Cell, cellsOf } from "./cell.ts";
import { matrixSchema } from "./schema.ts";

/** The cells of one form of a matrix that are to be run. */
export interface Matrix {
  /** Such as `small`. */
  form: string;
  /** Of all that the form says: cells of runs with the same one are the same. */
  hash: string;
  cells: Cell[];
  /** Those that were not chosen, too. */
  all: Cell[];
}

export interface MatrixOptions {
  form: string;
  /** Only cells whose phase is like it; `*` stands for anything. @default all */
  cells?: string | undefined;
}

/** `*` stands for anything, everything else for itself. */
const patternOf = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split("*")
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  );

/** Those whose phase is like the pattern. @throws EdgeproofError (usage) when there is none */
function chooseCells(cells: readonly Cell[], pattern: string): Cell[] {
  const wanted = patternOf(pattern);
  const chosen = cells.filter(({ phase }) => wanted.test(phase));
  if (chosen.length > 0) return chosen;
  const near = closest(
    pattern,
    cells.map(({ phase }) => phase),
  );
  throw usageError("cells-none", `no cell is like \`${pattern}\``, {
    where: "--cells",
    expected: `the name of a cell, such as ${cells[0]?.phase}, or a pattern of it, such as payload-*-typ*`,
    fix: near === undefined ? "see `edgeproof plan`" : `did you mean \`${near}\`?`,
  });
}

/** @throws ConfigError with what is wrong in the file, or a usage error for a form that it has not. */
export function loadMatrix(file: string, { form: name, cells: pattern }: MatrixOptions): Matrix {
  const yaml = readYaml(projectFile(file));
  const parsed = matrixSchema.safeParse(yaml.value);
  if (!parsed.success) throw new ConfigError(problemsOf(yaml, matrixSchema, parsed.error));
  const form = parsed.data[name];
  if (!form)
    throw usageError("matrix-form", `there is no form \`${name}\``, {
      where: shownPath(projectFile(file)),
      expected: `one of ${Object.keys(parsed.data).join(", ")}`,
    });
  const all = cellsOf(form);
  const known = [...loadProfiles().keys()];
  const unknown = all.find(({ profile }) => !known.includes(profile))?.profile;
  if (unknown !== undefined)
    throw usageError("matrix-profile", `there is no profile \`${unknown}\``, {
      where: shownPath(projectFile(file)),
      expected: `one of ${known.join(", ")}`,
    });
  const hash = createHash("sha256").update(JSON.stringify(form)).digest("hex").slice(0, 16);
  return { form: name, hash, all, cells: pattern === undefined ? all : chooseCells(all, pattern) };
}
