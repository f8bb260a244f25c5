import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { projectFile } from "../../project.ts";

/** Files of a project, and what they are copies of in fixtures/init: npm would leave out or rename some of the names. */
const COPIES: Readonly<Record<string, string>> = {
  "README.md": "README.md",
  "topology.yaml": "topology.yaml",
  "objectives.yaml": "objectives.yaml",
  "suites/suites.yaml": "suites/suites.yaml",
  "suites/edge.suite.ts": "suites/edge.suite.ts",
  "tsconfig.json": "tsconfig.template.json",
  ".gitignore": "gitignore",
  ".github/workflows/edge.yml": "workflow.yml",
};

/** Packages that the suite's types need, in the versions that edgeproof itself is checked with. */
const TYPES = ["@types/mocha", "@types/node", "typescript"];

/** A name that npm takes. */
const nameOf = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "") || "edge";

function packageJson(folder: string, spec: string): string {
  const own = JSON.parse(readFileSync(projectFile("package.json"), "utf8")) as {
    engines: object;
    devDependencies: Record<string, string>;
  };
  const value = {
    name: nameOf(folder),
    private: true,
    type: "module",
    engines: own.engines,
    scripts: {
      doctor: "edgeproof doctor",
      plan: "edgeproof plan --suite edge",
      test: "edgeproof run --suite edge",
      types: "tsc -p .",
      heal: "edgeproof heal",
    },
    devDependencies: Object.fromEntries(
      [...TYPES.map((name) => [name, own.devDependencies[name] ?? "*"]), ["edgeproof", spec]].toSorted(
        ([a = ""], [b = ""]) => a.localeCompare(b, "en"),
      ),
    ) as Record<string, string>,
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** A whole project by path: what it has to say in each file. `spec` is how npm gets edgeproof. */
export const projectFiles = (folder: string, spec: string): Record<string, string> => ({
  "package.json": packageJson(folder, spec),
  ...Object.fromEntries(
    Object.entries(COPIES).map(([path, source]) => [
      path,
      readFileSync(projectFile("fixtures/init", source), "utf8"),
    ]),
  ),
});
