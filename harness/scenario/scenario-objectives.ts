import { ConfigError } from "../config/config-error.ts";
import { didYouMean } from "../config/did-you-mean.ts";
import type { YamlFile } from "../config/yaml-file.ts";
import type { Objective } from "../judge/objective.ts";

/** Objectives with the names that phases and objectives have in the record; every one says which phase it is about. */
export function inPhases(
  objectives: readonly Objective[],
  file: YamlFile,
  { prefix, phases }: { prefix: string; phases: readonly string[] },
): Objective[] {
  const problems = objectives.flatMap(({ scope: { phase } }, index) => {
    if (phase !== undefined && phases.includes(phase)) return [];
    return [
      {
        where: file.whereValue(["objectives", index, "scope", "phase"]),
        message: phase === undefined ? "`phase` is missing" : `there is no phase \`${phase}\``,
        expected: `one of ${phases.join(", ")}`,
        fix: phase === undefined ? "add `phase:` to `scope:`" : didYouMean(phase, phases),
      },
    ];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return objectives.map((objective) => ({
    ...objective,
    name: `${prefix}${objective.name}`,
    scope: { ...objective.scope, phase: `${prefix}${objective.scope.phase}` },
  }));
}
