import { existsSync, readdirSync } from "node:fs";
import { basename, resolve } from "node:path";

import { closest } from "../config/did-you-mean.ts";
import { ConfigError, type ConfigProblem } from "../config/config-error.ts";
import { isUnread } from "../config/cluster-topology.ts";
import { loadTopology } from "../config/load.ts";
import type { Topology } from "../config/model.ts";
import { problemsOf } from "../config/problems.ts";
import { readYaml, shownPath, type YamlFile } from "../config/yaml-file.ts";
import { usageError } from "../errors.ts";
import { objectivesOf } from "../judge/objective.ts";
import { projectFile } from "../project.ts";
import type { FaultDefinition } from "../../chaos/faults/definition.ts";
import { inventoryOf } from "./inventory.ts";
import type { GuardRails, Scenario } from "./model.ts";
import { readFaults } from "./read-faults.ts";
import { inPhases } from "./scenario-objectives.ts";
import { scenarioSchema, type ScenarioInput } from "./schema.ts";

export interface ScenarioOptions {
  catalogue: readonly FaultDefinition[];
  /** Names of the observers that there are. */
  observers: readonly string[];
  seed: number;
  /** Instead of the scenario's own. */
  topology?: string | Topology | undefined;
  /** Before the names of phases and objectives, where a run has several scenarios. @default nothing */
  prefix?: string;
  /** Factor on every duration, for rehearsals. @default 1 */
  pace?: number;
  /** Changes what was read before it is checked, for sweeps. @default nothing */
  change?: ((file: YamlFile) => YamlFile) | undefined;
}

const FOLDER = "fixtures/scenarios";
const DEFAULT_FRACTION = 0.5;

/** Names of the scenarios that come with the project. */
export const scenarioNames = (): string[] =>
  readdirSync(projectFile(FOLDER))
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => basename(file, ".yaml"))
    .sort();

function scenarioFile(pathOrName: string): string {
  const isPath = /[/\\]|\.ya?ml$/.test(pathOrName);
  const file = isPath ? resolve(pathOrName) : projectFile(FOLDER, `${pathOrName}.yaml`);
  if (existsSync(file)) return file;
  const near = isPath ? undefined : closest(pathOrName, scenarioNames());
  throw usageError("scenario-unknown", `there is no scenario \`${pathOrName}\``, {
    where: shownPath(file),
    expected: `a YAML file, or one of ${scenarioNames().join(", ")}`,
    fix: near === undefined ? "check the path or the name" : `did you mean \`${near}\`?`,
  });
}

const observerProblems = (
  file: YamlFile,
  { observe }: ScenarioInput,
  known: readonly string[],
): ConfigProblem[] =>
  observe.flatMap((name, index) => {
    if (known.includes(name)) return [];
    const near = closest(name, known);
    return [
      {
        where: file.whereValue(["observe", index]),
        message: `there is no observer \`${name}\``,
        expected: `one of ${known.join(", ")}`,
        fix: near === undefined ? undefined : `did you mean \`${near}\`?`,
      },
    ];
  });

function loadProblems(file: YamlFile, input: ScenarioInput): ConfigProblem[] {
  const needs = (path: string[], message: string): ConfigProblem => ({
    where: file.whereValue(path),
    message,
    expected: "`load:` with a function",
  });
  if (input.load) return [];
  const { steady, fault, healed } = input.phases;
  return [
    ...Object.entries({ steady, fault, healed }).flatMap(([name, { load }]) =>
      load ? [needs(["phases", name, "load"], "there is no load whose rate this could be")] : [],
    ),
    ...(fault.scale ? [needs(["phases", "fault", "scale"], "there is no function to scale out")] : []),
    ...(input.guard.abort.some(({ errorRate }) => errorRate)
      ? [needs(["guard", "abort"], "there is no function whose errors could be counted")]
      : []),
  ];
}

const guardOf = ({ guard }: ScenarioInput, clusterNodes: number): GuardRails => ({
  maxNodes:
    guard.maxNodes ?? Math.max(1, Math.floor((guard.fraction ?? DEFAULT_FRACTION) * clusterNodes + 1e-9)),
  allowServer: guard.allowServer,
  abort: guard.abort,
});

/** As `loadScenario`, of a file that has been read. */
export function scenarioOf(file: YamlFile, path: string, options: ScenarioOptions): Scenario {
  const parsed = scenarioSchema.safeParse(file.value);
  if (!parsed.success) throw new ConfigError(problemsOf(file, scenarioSchema, parsed.error));
  const input = parsed.data;
  const { catalogue, observers, seed, prefix = "", pace = 1 } = options;
  const topology = loadTopology(options.topology ?? input.topology);
  if (isUnread(topology))
    throw usageError("CLUSTER_UNREAD", "the cluster's nodes are not known before its API is asked", {
      where: shownPath(path),
      expected: "`--topology FILE` or `--kubeconfig FILE` with `edgeproof run` or `plan`, which ask it",
    });
  const { fault, steady, healed } = input.phases;
  const faults = readFaults(file, fault.faults, {
    inventory: inventoryOf(topology),
    catalogue,
    seed,
    fn: input.load?.function,
    durationMs: fault.duration,
  });
  const problems = [
    ...faults.problems,
    ...observerProblems(file, input, observers),
    ...loadProblems(file, input),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  const { load } = input;
  const ms = (duration: number): number => Math.round(duration * pace);
  const phase = (name: "steady" | "fault" | "healed") => ({
    name: `${prefix}${name}`,
    durationMs: ms(input.phases[name].duration),
    rate: load ? (input.phases[name].load?.rate ?? load.rate) : 0,
  });
  return {
    name: input.name,
    description: input.description,
    notRun: input.notRun,
    topology,
    load: load && {
      fn: load.function,
      timeoutMs: load.timeout,
      replicas: load.replicas,
      path: load.path ?? "",
      bodyBytes: load.body ?? 0,
    },
    observe: input.observe,
    steady: phase("steady"),
    fault: {
      ...phase("fault"),
      faults: faults.faults.map((one) => ({
        ...one,
        atMs: ms(one.atMs),
        forMs: one.forMs === undefined ? undefined : ms(one.forMs),
        repeat: one.repeat && { ...one.repeat, everyMs: ms(one.repeat.everyMs) },
      })),
      scale: fault.scale && { ...fault.scale, at: ms(fault.scale.at) },
    },
    healed: { ...phase("healed"), settleMs: healed.settle },
    objectives: inPhases(objectivesOf({ ...file, value: { objectives: input.objectives } }), file, {
      prefix,
      phases: Object.keys({ steady, fault, healed }),
    }),
    guard: guardOf(input, topology.nodes.length),
    file: path,
  };
}

/**
 * Reads and validates a scenario before anything is touched. A bare name is looked for in `fixtures/scenarios`.
 *
 * @throws ConfigError with what is wrong in the file.
 */
export function loadScenario(pathOrName: string, options: ScenarioOptions): Scenario {
  const path = scenarioFile(pathOrName);
  const { change = (file: YamlFile) => file } = options;
  return scenarioOf(change(readYaml(path)), path, options);
}
