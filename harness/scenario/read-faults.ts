import { z } from "zod";

import type { FaultDefinition } from "../../chaos/faults/definition.ts";
import { faultSeed } from "../../chaos/targets/choose.ts";
import type { TargetMachine } from "../../chaos/targets/inventory.ts";
import type { ConfigProblem } from "../config/config-error.ts";
import { didYouMean } from "../config/did-you-mean.ts";
import { problemsOf } from "../config/problems.ts";
import type { Path, YamlFile } from "../config/yaml-file.ts";
import type { ScenarioFault } from "./model.ts";
import { resolveTarget } from "./resolve-target.ts";
import { faultFrame, type ScenarioInput } from "./schema.ts";
import { timeProblem } from "./timeline.ts";

type FaultInput = ScenarioInput["phases"]["fault"]["faults"][number];

interface ReadOptions {
  inventory: readonly TargetMachine[];
  catalogue: readonly FaultDefinition[];
  seed: number;
  fn: string | undefined;
  durationMs: number;
}

/** A part of a file as a file of its own, which still knows where everything was written. */
const partOf = (file: YamlFile, base: Path, value: unknown): YamlFile => ({
  value,
  whereValue: (path) => file.whereValue([...base, ...path]),
  whereKey: (path) => file.whereKey([...base, ...path]),
});

/** What is not one of the frame's keys. */
const parametersOf = (fault: FaultInput): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fault).filter(([key]) => !Object.hasOwn(faultFrame, key)));

const numbered = (name: string, taken: ReadonlySet<string>): string => {
  let unique = name;
  for (let number = 2; taken.has(unique); number++) unique = `${name}-${number}`;
  return unique;
};

/** A key that is unknown may be the one that a rule about the whole is missing. */
const decisive = (error: z.ZodError): z.ZodError =>
  error.issues.some(({ code }) => code === "unrecognized_keys")
    ? new z.ZodError(error.issues.filter(({ code }) => code !== "custom"))
    : error;

/** Faults with their parameters and targets checked, and what is wrong with them. */
export function readFaults(
  file: YamlFile,
  inputs: readonly FaultInput[],
  options: ReadOptions,
): { faults: ScenarioFault[]; problems: ConfigProblem[] } {
  const taken = new Set<string>();
  const problems: ConfigProblem[] = [];
  const faults = inputs.flatMap((input, index): ScenarioFault[] => {
    const at: Path = ["phases", "fault", "faults", index];
    const found: ConfigProblem[] = [];
    const definition = options.catalogue.find(({ name }) => name === input.fault);
    if (!definition) {
      const names = options.catalogue.map(({ name }) => name);
      problems.push({
        where: file.whereValue([...at, "fault"]),
        message: `there is no fault \`${input.fault}\``,
        expected: "one that `edgeproof faults list` shows",
        fix: didYouMean(input.fault, names),
      });
      return [];
    }
    if (input.name !== undefined && taken.has(input.name))
      found.push({
        where: file.whereValue([...at, "name"]),
        message: `there is already a fault \`${input.name}\``,
        expected: "a name that is used once in the scenario",
        fix: "choose another name",
      });
    const name = numbered(input.name ?? definition.name, taken);
    taken.add(name);
    const written = parametersOf(input);
    const params = definition.parameters.safeParse(written);
    if (!params.success)
      found.push(...problemsOf(partOf(file, at, written), definition.parameters, params.error));
    const targeted = resolveTarget(definition.target, input.target, {
      inventory: options.inventory,
      seed: faultSeed(options.seed, name),
      fn: options.fn,
    });
    const targetFile = partOf(file, [...at, "target"], input.target);
    if (targeted.malformed)
      found.push(
        ...problemsOf(targetFile, targeted.malformed.schema, decisive(targeted.malformed.error)).map(
          (problem) => ({
            ...problem,
            message: problem.message.replace(/^the file /, "`target` "),
          }),
        ),
      );
    found.push(
      ...targeted.problems.map(({ path, ...problem }) => ({
        where: targetFile.whereValue(path),
        ...problem,
      })),
    );
    const times = {
      atMs: input.at,
      forMs: input.for,
      repeat: input.repeat && { everyMs: input.repeat.every, times: input.repeat.times },
    };
    const late = timeProblem(times, options.durationMs);
    if (late) {
      const { key, ...problem } = late;
      found.push({ where: file.whereValue([...at, key]), ...problem });
    }
    problems.push(...found);
    if (found.length > 0 || !targeted.target || !params.success) return [];
    const { target, chosen } = targeted;
    const where = file.whereValue([...at, "fault"]);
    return [{ name, definition, params: params.data, target, chosen, ...times, where }];
  });
  return { faults, problems };
}
