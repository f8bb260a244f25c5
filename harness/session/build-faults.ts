import { ensureWithinReach } from "../../chaos/faults/by-api.ts";
import type { FaultContext, FaultTarget } from "../../chaos/faults/definition.ts";
import type { FaultRig } from "../../chaos/faults/fault-rig.ts";
import type { Fault } from "../../chaos/faults/fault.ts";
import { faultSeed } from "../../chaos/targets/choose.ts";
import { EdgeproofError } from "../errors.ts";
import { brokenMachines, ensureBlastRadius } from "../scenario/blast-radius.ts";
import type { ResolvedTarget, Scenario } from "../scenario/model.ts";
import { timelineOf, type TimelineEntry } from "../scenario/timeline.ts";

export interface BuiltEntry extends TimelineEntry {
  built: Fault;
  /** Machines that it breaks: of a link, the end that it is about. */
  broken: readonly string[];
}

export type BuildContext = Pick<FaultContext, "rig" | "guard" | "links" | "functionUrl"> & { seed: number };

function targetOn(rig: FaultRig, target: ResolvedTarget): FaultTarget {
  if (target.kind === "nodes") return { kind: "nodes", nodes: target.nodes.map((name) => rig.machine(name)) };
  if (target.kind === "stream") return { ...target, node: rig.machine(target.node) };
  return target;
}

/** The same error, with the place of the fault in its file. */
function placed(error: unknown, where: string): unknown {
  if (!(error instanceof EdgeproofError) || error.where?.includes(".yaml:")) return error;
  const { code, exitCode, message, expected, fix, cause } = error;
  return new EdgeproofError(code, exitCode, message, {
    where,
    ...(expected === undefined ? {} : { expected }),
    ...(fix === undefined ? {} : { fix }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** One injection as a fault that can be injected. */
export async function buildEntry(
  entry: TimelineEntry,
  phase: string,
  unprobed: readonly string[],
  { seed, rig, ...context }: BuildContext,
): Promise<Omit<BuiltEntry, "broken">> {
  const { definition, params, target, where, name } = entry.fault;
  const own = { name: entry.name, phase, seed: faultSeed(seed, name), unprobed, rig, ...context };
  try {
    ensureWithinReach(definition, rig, where);
    return { ...entry, built: await definition.build(params, targetOn(rig, target), own) };
  } catch (error) {
    throw placed(error, where);
  }
}

/**
 * Every fault of a scenario before the first is injected: what cannot be is refused with nothing touched. Those that take
 * machines down come first, so that links are not probed there.
 */
export async function buildFaults(scenario: Scenario, context: BuildContext): Promise<BuiltEntry[]> {
  const { fault, guard, topology, file } = scenario;
  const timeline = timelineOf(fault.faults, fault.durationMs);
  const built = new Map<TimelineEntry, Omit<BuiltEntry, "broken">>();
  const make = async (entries: readonly TimelineEntry[], unprobed: readonly string[]): Promise<void> => {
    for (const entry of entries) built.set(entry, await buildEntry(entry, fault.name, unprobed, context));
  };
  const isLink = ({ fault: { definition } }: TimelineEntry): boolean => definition.layer === "link";
  await make(
    timeline.filter((entry) => !isLink(entry)),
    [],
  );
  const down = [...built.values()].flatMap(({ built: { takesDown = [] } }) => takesDown);
  await make(timeline.filter(isLink), [...new Set(down)]);
  const nodes = topology.nodes.map(({ name }) => name);
  const servers = topology.nodes.filter(({ role }) => role === "server").map(({ name }) => name);
  const entries = timeline.map((entry): BuiltEntry => {
    const made = built.get(entry)!;
    return { ...made, broken: brokenMachines(entry.fault.target, made.built.affects ?? [], servers) };
  });
  const blasts = entries.map(({ broken, ...entry }) => ({
    ...entry,
    nodes: broken.filter((machine) => nodes.includes(machine)),
  }));
  ensureBlastRadius(blasts, guard, servers, file);
  return entries;
}
