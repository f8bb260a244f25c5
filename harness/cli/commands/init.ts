import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

import { shownPath } from "../../config/yaml-file.ts";
import { usageError } from "../../errors.ts";
import { ExitCode } from "../../exit-codes.ts";
import { isUnpublished, packageSpec } from "../init/package-spec.ts";
import { projectFiles } from "../init/project-files.ts";

export interface InitOptions {
  force: boolean;
  json: boolean;
  /** How npm gets edgeproof. @default the way it was installed itself */
  package?: string;
}

/** What a folder may have and still count as empty. */
const NOTHING = [".git"];
/** More names than this are not listed. */
const SHOWN = 8;

function ensureEmpty(folder: string): void {
  if (!existsSync(folder)) return;
  const where = shownPath(folder);
  if (!statSync(folder).isDirectory())
    throw usageError("init-folder", `\`${where}\` is a file`, { where, expected: "a folder" });
  const found = readdirSync(folder)
    .filter((name) => !NOTHING.includes(name))
    .toSorted();
  if (found.length === 0) return;
  const rest = found.length > SHOWN ? ` and ${found.length - SHOWN} more` : "";
  throw usageError("init-not-empty", `the folder has ${found.slice(0, SHOWN).join(", ")}${rest}`, {
    where,
    expected: "a folder that is empty or not there",
    fix: "name another folder, or pass --force, which adds what is missing and changes nothing",
  });
}

function write(folder: string, path: string, text: string): void {
  const file = join(folder, path);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx" });
  } catch (cause) {
    throw usageError("init-unwritable", `${path} cannot be written`, {
      where: shownPath(file),
      expected: "a folder that can be written",
      cause,
    });
  }
}

/** What is to be done with a project; the last is what it was made for. */
function nextSteps(folder: string, kept: readonly string[], spec: string): string[] {
  const there = relative(process.cwd(), folder);
  return [
    ...(there === "" ? [] : [`cd ${there}`]),
    ...(isUnpublished() && /^\d/.test(spec)
      ? [
          `npm install --save-dev PATH/edgeproof-${spec}.tgz   # edgeproof is on no registry: \`npm pack\` in its checkout`,
        ]
      : []),
    ...(kept.includes("package.json")
      ? [
          "npm install --save-dev typescript @types/mocha @types/node   # your package.json was kept",
          "npm pkg set type=module",
        ]
      : ["npm install --ignore-scripts"]),
    "npx edgeproof doctor             # what this machine needs",
    "npx edgeproof plan --suite edge  # what would be made and judged",
    "npx edgeproof run --suite edge   # a rig, a load, a fault, the verdicts",
  ];
}

/** Writes a project that runs as it is into a folder, and says what to do with it. */
export function init(target: string, options: InitOptions): ExitCode {
  const folder = resolve(target);
  if (!options.force) ensureEmpty(folder);
  const spec = options.package ?? packageSpec(folder);
  const files = Object.entries(projectFiles(folder, spec));
  const kept = files.map(([path]) => path).filter((path) => existsSync(join(folder, path)));
  const written = files.filter(([path]) => !kept.includes(path));
  for (const [path, text] of written) write(folder, path, text);
  const next = nextSteps(folder, kept, spec);
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ folder, written: written.map(([path]) => path), kept, next }, undefined, 2)}\n`,
    );
  else {
    for (const [path] of written) process.stdout.write(`wrote ${shownPath(join(folder, path))}\n`);
    for (const path of kept) process.stdout.write(`kept  ${shownPath(join(folder, path))}\n`);
    process.stdout.write(`\nnext:\n${next.map((line) => `  ${line}\n`).join("")}`);
  }
  return ExitCode.met;
}
