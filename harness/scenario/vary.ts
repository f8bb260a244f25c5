import type { YamlFile } from "../config/yaml-file.ts";
import { type EdgeproofError, usageError } from "../errors.ts";
import { type Axis, axisValue } from "../sweep/axis.ts";

type Node = Record<string, unknown>;

const isMap = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const missing = (file: YamlFile, { what }: Axis, has: string): EdgeproofError =>
  usageError("sweep-axis", `the scenario has no ${what} that could be varied`, {
    where: file.whereValue(["name"]),
    expected: has,
    fix: "vary what the scenario does, or add it there",
  });

/** The load's rate, and that of the fault phase where it has one of its own. */
function withRate(file: YamlFile, axis: Axis, root: Node, rate: unknown): Node {
  const { load, phases } = root;
  if (!isMap(load)) throw missing(file, axis, "`load:`");
  const changed = { ...root, load: { ...load, rate } };
  if (!isMap(phases) || !isMap(phases.fault) || !isMap(phases.fault.load)) return changed;
  const own = { ...phases.fault.load, rate };
  return { ...changed, phases: { ...phases, fault: { ...phases.fault, load: own } } };
}

/** Every occurrence of the fault, so that it is the same at each time. */
function withParameter(file: YamlFile, axis: Axis, root: Node, value: unknown): Node {
  const { phases } = root;
  const phase = isMap(phases) && isMap(phases.fault) ? phases.fault : {};
  const faults: unknown[] = Array.isArray(phase.faults) ? phase.faults : [];
  const isVaried = (one: unknown): one is Node => isMap(one) && one.fault === axis.fault?.name;
  const names = faults.flatMap((one) => (isMap(one) && typeof one.fault === "string" ? [one.fault] : []));
  if (!axis.fault || !faults.some(isVaried))
    throw missing(file, axis, `a parameter of ${[...new Set(names)].join(", ") || "a fault"}, or load.rate`);
  const { parameter } = axis.fault;
  const changed = faults.map((one) => (isVaried(one) ? { ...one, [parameter]: value } : one));
  return { ...root, phases: { ...(phases as Node), fault: { ...phase, faults: changed } } };
}

/**
 * A scenario's file with the varied value in place of the one that is written there; where things were written stays known.
 *
 * @throws EdgeproofError (usage) where the scenario has nothing to vary.
 */
export function withValue(file: YamlFile, axis: Axis, x: number): YamlFile {
  const root = isMap(file.value) ? file.value : {};
  const change = axis.fault === undefined ? withRate : withParameter;
  return { ...file, value: change(file, axis, root, axisValue(axis, x)) };
}
