import { existsSync } from "node:fs";
import { z } from "zod";

import { closest } from "../config/did-you-mean.ts";
import { readYaml, shownPath } from "../config/yaml-file.ts";
import { usageError } from "../errors.ts";
import { moduleFile, projectFile, userFile } from "../project.ts";

const suiteSchema = z.union([
  z.strictObject({
    topology: z.string(),
    objectives: z.string(),
    files: z.array(z.string()).min(1),
    /** What it needs of a rig beyond Kubernetes' API and functions: not to be had on an existing cluster. */
    needs: z.array(z.enum(["machines", "links", "workloads"])).exactOptional(),
    /** A file of cells, and which of its forms is run. */
    matrix: z.strictObject({ file: z.string(), form: z.string() }).exactOptional(),
  }),
  z.strictObject({ scenarios: z.array(z.string()).min(1) }),
]);
const catalogSchema = z.record(z.string(), suiteSchema);

/** Code with a file of objectives, or scenarios, which bring both with them. Files are absolute paths. */
export type SuiteEntry = z.output<typeof suiteSchema>;

/** Where a catalogue's paths begin. */
interface Base {
  /** Of a data file. */
  data: (path: string) => string;
  /** Of a suite's code. */
  code: (path: string) => string;
}

/** Where both edgeproof and a project of one's own have their catalogue of suites. */
const CATALOG = "suites/suites.yaml";

const absolute = (entry: SuiteEntry, { data, code }: Base): SuiteEntry =>
  "scenarios" in entry
    ? entry
    : {
        ...entry,
        objectives: data(entry.objectives),
        files: entry.files.map(code),
        ...(entry.matrix ? { matrix: { ...entry.matrix, file: data(entry.matrix.file) } } : {}),
      };

function readCatalog(file: string, base: Base): Record<string, SuiteEntry> {
  const parsed = catalogSchema.safeParse(readYaml(file).value ?? {});
  if (!parsed.success)
    throw usageError("suites-invalid", z.prettifyError(parsed.error), { where: shownPath(file) });
  return Object.fromEntries(
    Object.entries(parsed.data).map(([name, entry]) => [name, absolute(entry, base)]),
  );
}

/**
 * The suites that come with edgeproof, and those of the working folder's own `suites/suites.yaml`, by name. Of two with the
 * same name the user's own counts.
 */
export function loadSuites(): Record<string, SuiteEntry> {
  const shipped = projectFile(CATALOG);
  const own = userFile(CATALOG);
  return {
    ...readCatalog(shipped, { data: projectFile, code: moduleFile }),
    ...(own !== shipped && existsSync(own) ? readCatalog(own, { data: userFile, code: userFile }) : {}),
  };
}

/** Whether a suite's name is the path of a scenario. */
export const isScenarioFile = (name: string): boolean => /\.ya?ml$/.test(name);

/** Whether a suite's name is the path of mocha's. */
export const isCodeFile = (name: string): boolean => /\.[cm]?[jt]s$/.test(name);

/**
 * A suite by name, or one scenario by its file.
 * @throws EdgeproofError (usage) when there is no such suite.
 */
export function suiteNamed(name: string): SuiteEntry {
  if (isScenarioFile(name)) return { scenarios: [name] };
  const suites = loadSuites();
  const found = suites[name];
  if (found) return found;
  const near = closest(name, Object.keys(suites));
  throw usageError("suite-unknown", `there is no suite \`${name}\``, {
    expected: `one of ${Object.keys(suites).join(", ")}, or the file of a suite or of a scenario`,
    ...(near === undefined ? {} : { fix: `did you mean \`${near}\`?` }),
  });
}
