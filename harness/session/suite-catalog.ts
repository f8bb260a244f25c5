import { z } from "zod";

import { closest } from "../config/did-you-mean.ts";
import { readYaml } from "../config/yaml-file.ts";
import { usageError } from "../errors.ts";
import { projectFile } from "../project.ts";

const suiteSchema = z.union([
  z.strictObject({
    topology: z.string(),
    objectives: z.string(),
    files: z.array(z.string()).min(1),
    /** A file of cells, and which of its forms is run. */
    matrix: z.strictObject({ file: z.string(), form: z.string() }).exactOptional(),
  }),
  z.strictObject({ scenarios: z.array(z.string()).min(1) }),
]);
const catalogSchema = z.record(z.string(), suiteSchema);

/** Code with a file of objectives, or scenarios, which bring both with them. */
export type SuiteEntry = z.output<typeof suiteSchema>;

/** The suites that come with edgeproof, by name. */
export function loadSuites(file = projectFile("suites/suites.yaml")): Record<string, SuiteEntry> {
  const yaml = readYaml(file);
  const parsed = catalogSchema.safeParse(yaml.value);
  if (parsed.success) return parsed.data;
  throw usageError("suites-invalid", z.prettifyError(parsed.error), { where: file });
}

/** Whether a suite's name is the path of a scenario. */
export const isScenarioFile = (name: string): boolean => /\.ya?ml$/.test(name);

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
    expected: `one of ${Object.keys(suites).join(", ")}, or the file of a scenario`,
    ...(near === undefined ? {} : { fix: `did you mean \`${near}\`?` }),
  });
}
