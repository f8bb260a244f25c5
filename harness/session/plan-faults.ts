import { beyondApiError } from "../../chaos/faults/by-api.ts";
import { LinkStack } from "../../chaos/wan/link-stack.ts";
import type { WanEngine } from "../../chaos/wan/wan-engine.ts";
import { EdgeproofError } from "../errors.ts";
import { ExitCode } from "../exit-codes.ts";
import type { Scenario } from "../scenario/model.ts";
import { timelineOf } from "../scenario/timeline.ts";
import { type BuildContext, buildEntry, buildFaults } from "./build-faults.ts";
import { type PlannedAs, plannedRig } from "./planned-rig.ts";

export interface PlannedFault {
  name: string;
  fault: string;
  startMs: number;
  endMs: number;
  /** One sentence: what it does to what. */
  does: string;
  /** Every change, with its machine; empty where only a rig that is up can tell. */
  changes: string[];
  /** What the seed chose. */
  chosen: string;
}

const nowhere = (): never => {
  throw new Error("only planned");
};

function contextOf({ topology }: Scenario, seed: number, as: PlannedAs): BuildContext {
  const rig = plannedRig(topology, as);
  // Never asked: faults are only made, not injected.
  const engine = { backend: "userspace" } as WanEngine;
  return {
    rig,
    seed,
    links: new LinkStack(engine),
    guard: { apply: nowhere, revert: nowhere },
    functionUrl: () => `http://${rig.server.overlay}:30000/`,
  };
}

/**
 * What `run` would change, fault by fault, in the order of their start. Nothing is touched.
 * @throws EdgeproofError (usage) for what cannot be given, as far as that can be told without a rig.
 */
export async function planFaults(
  scenario: Scenario,
  seed: number,
  as: PlannedAs = {},
): Promise<PlannedFault[]> {
  ensureObservable(scenario);
  const { fault, file } = scenario;
  const context = contextOf(scenario, seed, as);
  const planned: PlannedFault[] = [];
  let unknown = 0;
  for (const entry of timelineOf(fault.faults, fault.durationMs)) {
    const { name, startMs, endMs } = entry;
    const { definition, chosen } = entry.fault;
    const head = { name, fault: definition.name, startMs, endMs, chosen };
    try {
      const { built } = await buildEntry(entry, fault.name, [], context);
      planned.push({ ...head, does: built.describe(), changes: built.plan?.() ?? [] });
    } catch (error) {
      if (error instanceof EdgeproofError && error.exitCode === ExitCode.usage && !isUnreachable(error))
        throw error;
      unknown++;
      planned.push({ ...head, does: `${name}: ${definition.summary}`, changes: [] });
    }
  }
  if (unknown === 0) await buildFaults({ ...scenario, file }, context);
  return planned;
}

/** Observers that ask the API and send requests; the others listen on machines. */
const BY_API = ["api", "nodes", "pods", "exec-logs"];

function ensureObservable({ topology, observe, file }: Scenario): void {
  const beyond = observe.filter((name) => !BY_API.includes(name));
  if (topology.driver === "cluster" && beyond.length > 0)
    throw beyondApiError(`the observer ${beyond.join(", ")}`, "machines", file);
}

/** A usage error whose cause is that there is no cluster to ask yet. */
const isUnreachable = (error: EdgeproofError): boolean =>
  error.cause !== undefined && !(error.cause instanceof EdgeproofError);
