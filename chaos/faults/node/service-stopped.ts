import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import { ChangeFault } from "../change-fault.ts";
import type { FaultContext } from "../definition.ts";
import { type StateReading, checkStates, watchStates } from "../evidence.ts";
import { probeMachine } from "./machine-programs.ts";
import { untilBack } from "./power.ts";
import { listNames, namesOf } from "./targets.ts";

export interface HeldService {
  node: NodeHandle;
  service: string;
  /** Regular expression of the program's file name, to find its process without asking what supervises it. */
  program: string;
}

/** Services that are ended and kept from starting until they are resumed. */
export function stopServices(
  held: readonly HeldService[],
  signal: "SIGTERM" | "SIGKILL",
  { name, phase, guard, rig }: FaultContext,
): ChangeFault {
  const nodes = held.map(({ node }) => node);
  const states = held.flatMap(({ node, service, program }): StateReading[] => [
    {
      subject: `${node.name} ${service}`,
      quantity: "service",
      read: async () => {
        const found = (await node.services()).find((state) => state.name === service);
        return found?.pid !== undefined && !found.held;
      },
    },
    {
      subject: `${node.name} ${service}`,
      quantity: "process",
      read: async () => (await probeMachine<number>(rig, node, "program", program)) > 0,
    },
  ]);
  return new ChangeFault({
    name,
    phase,
    guard,
    description: `${held[0]?.service} of ${listNames(nodes)} stopped by ${signal}`,
    affects: namesOf(nodes),
    changes: held.map(({ node, service }) => ({
      what: `${node.name}: stop ${service} (${signal}) and keep it from starting`,
      undo: { kind: "node", node: node.name, undo: { kind: "service", service, action: "resume" } },
      apply: () => node.holdService(service, signal),
    })),
    evidence: {
      before: () => checkStates(states, true),
      during: () => watchStates(states, false, 1_000),
      after: () => checkStates(states, true),
    },
    recovered: () => untilBack(rig, nodes),
  });
}
