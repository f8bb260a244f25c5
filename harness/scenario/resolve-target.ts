import type { z } from "zod";

import type { FaultDefinition } from "../../chaos/faults/definition.ts";
import type { TargetMachine, TargetProblem } from "../../chaos/targets/inventory.ts";
import { selectLinks } from "../../chaos/targets/select-links.ts";
import { selectMachines } from "../../chaos/targets/select-machines.ts";
import {
  linkSelector,
  machineSelector,
  streamSelector,
  type StreamSelector,
} from "../../chaos/targets/selector-schema.ts";
import type { ResolvedTarget } from "./model.ts";

export interface TargetOptions {
  inventory: readonly TargetMachine[];
  /** Of this fault. */
  seed: number;
  /** Function under load. */
  fn: string | undefined;
}

export interface TargetResult {
  target?: ResolvedTarget;
  /** What the seed chose, for the record; empty where nothing was chosen. */
  chosen: string;
  problems: TargetProblem[];
  /** The value does not even have the form of a selector. */
  malformed?: { schema: z.ZodType; error: z.ZodError };
}

const failed = (problems: TargetProblem[]): TargetResult => ({ chosen: "", problems });

function stream(selector: StreamSelector, { inventory, seed, fn }: TargetOptions): TargetResult {
  const { point } = selector;
  const node =
    selector.node ??
    (point === "gateway" || point === "workload" ? { role: "tester" as const } : { role: "agent" as const, count: 1 });
  const found = selectMachines(node, { inventory, seed, among: "machines" });
  if (found.problems.length > 0)
    return failed(found.problems.map((problem) => ({ ...problem, path: ["node", ...problem.path] })));
  const [machine, ...more] = found.machines;
  if (!machine || more.length > 0)
    return failed([
      { path: ["node"], message: `${found.machines.length} machines are selected`, expected: "one" },
    ]);
  const service = selector.service ?? fn;
  if (service === undefined)
    return failed([
      {
        path: [],
        message: "`service` is missing",
        expected: "the name of a service: the scenario has no load that could give it",
      },
    ]);
  return { target: { kind: "stream", point, node: machine.name, service }, chosen: "", problems: [] };
}

/** Turns the selectors of a fault's target into names. */
export function resolveTarget(
  kind: FaultDefinition["target"],
  value: unknown,
  options: TargetOptions,
): TargetResult {
  const { inventory, seed } = options;
  if (kind === "rig")
    return value === undefined || value === "rig"
      ? { target: { kind }, chosen: "", problems: [] }
      : failed([{ path: [], message: "the fault has no target of its choice", fix: "remove `target:`" }]);
  const schema = { nodes: machineSelector, links: linkSelector, stream: streamSelector }[kind];
  const parsed = schema.safeParse(value);
  if (!parsed.success) return { ...failed([]), malformed: { schema, error: parsed.error } };
  if (kind === "stream") return stream(parsed.data as StreamSelector, options);
  if (kind === "links") {
    const { directions, problems } = selectLinks(linkSelector.parse(value), inventory, seed);
    return problems.length > 0 ? failed(problems) : { target: { kind, directions }, chosen: "", problems };
  }
  const found = selectMachines(machineSelector.parse(value), { inventory, seed, among: "cluster" });
  if (found.problems.length > 0) return failed(found.problems);
  const nodes = found.machines.map(({ name }) => name);
  const chosen =
    found.chosenFrom === undefined ? "" : `${nodes.join(", ")} of ${found.chosenFrom} machines, by the seed`;
  return { target: { kind, nodes }, chosen, problems: [] };
}
