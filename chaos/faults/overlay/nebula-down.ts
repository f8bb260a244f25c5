import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import { NEBULA_SERVICE } from "../../../harness/config/nebula-layout.ts";
import { ChangeFault } from "../change-fault.ts";
import type { FaultContext } from "../definition.ts";
import { nebulaRuns } from "./readings.ts";
import { stateEvidence } from "../state-evidence.ts";
import { answersOf, namesOf, othersThan, untilAnswering } from "./targets.ts";

/**
 * Nebula is killed on some machines and kept from starting, across reboots, until the fault is healed. `ensure` rejects
 * before anything is touched where the fault cannot be.
 */
export function nebulaDown(
  context: FaultContext,
  machines: readonly NodeHandle[],
  what: string,
  ensure: () => Promise<void> = () => Promise.resolve(),
): ChangeFault {
  const { name, phase, guard } = context;
  const others = othersThan(machines, context);
  const readings = [...machines.map(nebulaRuns), ...answersOf(others, machines)];
  const evidence = stateEvidence(
    readings.map((reading) => ({ ...reading, before: true, during: false, after: true })),
  );
  return new ChangeFault({
    ...{ name, phase, guard, affects: namesOf(machines) },
    description: `no Nebula on ${namesOf(machines).join(", ")}: ${what}`,
    changes: machines.map((machine) => ({
      what: `${machine.name}: service ${NEBULA_SERVICE} ended by SIGKILL and held`,
      undo: {
        kind: "node",
        node: machine.name,
        undo: { kind: "service", service: NEBULA_SERVICE, action: "resume" },
      },
      apply: () => machine.holdService(NEBULA_SERVICE, "SIGKILL"),
    })),
    evidence: { ...evidence, before: () => ensure().then(() => evidence.before()) },
    recovered: () => untilAnswering(others, machines),
  });
}
