import { CATALOGUE } from "../../chaos/faults/catalogue.ts";
import { loadTopology } from "../config/load.ts";
import type { Topology } from "../config/model.ts";
import { shownPath, type YamlFile } from "../config/yaml-file.ts";
import { usageError } from "../errors.ts";
import { isAboutPhase, loadObjectives, type Objective } from "../judge/objective.ts";
import { loadMatrix, type Matrix } from "../matrix/load-matrix.ts";
import { moduleFile, userFile } from "../project.ts";
import { loadScenario } from "../scenario/load-scenario.ts";
import type { Scenario } from "../scenario/model.ts";
import { OBSERVERS } from "./observe/catalogue.ts";
import { nameOfFile, ownSuite } from "./own-suite.ts";
import { isCodeFile, isScenarioFile, suiteNamed } from "./suite-catalog.ts";

/** A suite with everything that it names read and validated. */
export interface Suite {
  /** Of a scenario's own file, the scenario's name. */
  name: string;
  /** The file of a scenario that is no suite. */
  file: string | undefined;
  topology: Topology;
  objectives: Objective[];
  /** For people: where the objectives are written. */
  objectivesFrom: string;
  /** Mocha suites; absolute paths. */
  files: readonly string[];
  /** What to ask for to have it again, where its name is not enough; relative to the working folder. */
  own: Readonly<Record<string, string>>;
  scenarios: Scenario[];
  /** Of a suite that has one. */
  matrix: Matrix | undefined;
}

export interface SuiteOptions {
  /** Further files of a suite that is named by its file. */
  files?: readonly string[] | undefined;
  /** Instead of the suite's own file of objectives. */
  objectives?: string | undefined;
  /** Instead of the suite's own: a name, a file, or one that was read already. */
  topology?: string | Topology | undefined;
  seed: number;
  /** Factor on the durations of scenarios. @default 1 */
  pace?: number | undefined;
  /** Form of the suite's matrix, instead of its own. */
  form?: string | undefined;
  /** Only cells like this one. */
  cells?: string | undefined;
  /** Changes each scenario's file before it is checked. @default nothing */
  change?: ((file: YamlFile) => YamlFile) | undefined;
}

const nameOf = (topology: string | Topology | undefined): string | undefined =>
  typeof topology === "string" ? topology : undefined;

/** @throws EdgeproofError (usage) where a suite needs what nobody reaches of a cluster that exists */
function ensureReachable(name: string, needs: readonly string[], { driver, file }: Topology): void {
  if (driver !== "cluster" || needs.length === 0) return;
  throw usageError("suite-needs", `the suite \`${name}\` needs ${needs.join(" and ")}`, {
    where: shownPath(file),
    expected: "a suite that goes through the API alone, such as functions, saturation or existing-cluster",
    fix: "run it on a rig of `driver: ssh` (real nodes) or `driver: container`",
  });
}

const SCENARIO_SUITE = "suites/scenario.suite.ts";

/** @throws EdgeproofError (usage) with what is wrong in a file; nothing was touched. */
export function loadSuite(name: string, options: SuiteOptions): Suite {
  const { topology, seed, pace = 1, change, form, cells } = options;
  const isOwn = isCodeFile(name);
  const entry = isOwn
    ? ownSuite([name, ...(options.files ?? [])], {
        topology: nameOf(topology),
        objectives: options.objectives,
      })
    : suiteNamed(name);
  const { matrix: asked } = "files" in entry ? entry : { matrix: undefined };
  if (!asked && (form ?? cells) !== undefined)
    throw usageError("suite-no-matrix", `the suite \`${name}\` has no matrix`, {
      where: form === undefined ? "--cells" : "--small",
      expected: "a suite of cells, such as benchfaas",
    });
  if ("files" in entry) {
    const matrix = asked && loadMatrix(asked.file, { form: form ?? asked.form, cells });
    const file = options.objectives === undefined ? entry.objectives : userFile(options.objectives);
    const objectives = loadObjectives(file);
    const read = loadTopology(topology ?? entry.topology);
    ensureReachable(name, entry.needs ?? [], read);
    return {
      name: isOwn ? nameOfFile(name) : name,
      file: undefined,
      topology: read,
      objectives: matrix ? objectives.filter((one) => concerns(one, matrix)) : objectives,
      objectivesFrom: shownPath(file),
      files: entry.files,
      own: {
        ...(isOwn ? { suiteFile: name } : {}),
        ...(isOwn || options.objectives !== undefined ? { objectives: shownPath(file) } : {}),
      },
      scenarios: [],
      matrix,
    };
  }
  if (options.objectives !== undefined)
    throw usageError("suite-objectives", `the scenarios of ${name} bring their objectives with them`, {
      where: "--objectives",
      fix: "change them in the scenario's file",
    });
  const { scenarios: names } = entry;
  const observers = OBSERVERS.map((observer) => observer.name);
  const several = names.length > 1;
  const scenarios = names.map((one) =>
    loadScenario(one, {
      catalogue: CATALOGUE,
      observers,
      seed,
      topology,
      pace,
      change,
      prefix: several ? `${one}-` : "",
    }),
  );
  const topologies = new Map(scenarios.map((scenario) => [scenario.topology.file, scenario.topology]));
  const [found, ...others] = topologies.values();
  if (!found || others.length > 0)
    throw usageError("suite-topologies", `the scenarios of ${name} have several topologies`, {
      expected: "one topology for all scenarios of a suite",
    });
  const file = isScenarioFile(name) ? scenarios[0]?.file : undefined;
  return {
    name: file === undefined ? name : (scenarios[0]?.name ?? name),
    file,
    topology: found,
    objectives: scenarios.flatMap((scenario) => scenario.objectives),
    objectivesFrom: scenarios.map(({ file }) => file).join(", "),
    files: [moduleFile(SCENARIO_SUITE)],
    own: {},
    scenarios,
    matrix: undefined,
  };
}

/** Whether the chosen cells have something that an objective is about; else it would find nothing, and break the run. */
const concerns = ({ scope }: Objective, { cells }: Matrix): boolean =>
  cells.some(
    ({ phase, profile }) => isAboutPhase(scope.phase, phase) && (scope.profile ?? profile) === profile,
  );
