import { CATALOGUE } from "../../chaos/faults/catalogue.ts";
import { parseYaml } from "../config/yaml-file.ts";
import type { Receipt } from "../record/model.ts";
import { scenarioOf } from "../scenario/load-scenario.ts";
import type { Scenario } from "../scenario/model.ts";
import { buildFaults } from "./build-faults.ts";
import { runTimeline } from "./run-timeline.ts";
import type { Session } from "./session.ts";

export interface FaultTrial {
  /** Name of the phase in the record. */
  phase: string;
  /** Faults of a scenario's fault phase, as YAML. */
  faults: string;
  /** How long they are in force, ms. */
  windowMs: number;
  /** A function that was deployed. */
  fn: string;
}

/** A scenario of nothing but these faults, with no limit on what they may touch. */
function scenarioFor({ phase, faults, windowMs, fn }: FaultTrial, session: Session): Scenario {
  const indented = faults.replaceAll(/^/gm, "      ");
  const text = `
name: ${phase}
description: A trial of ${phase}.
load: { function: ${fn}, rate: 1 }
phases:
  steady: { duration: 1s }
  fault:
    duration: ${windowMs}ms
    faults:
${indented}
  healed: { duration: 1s }
objectives:
  - { name: none, quantity: error-rate, limit: 100%, scope: { phase: fault } }
guard: { fraction: 100%, allowServer: true }
`;
  const { topology } = session.rig;
  const scenario = scenarioOf(parseYaml(text, `trial of ${phase}`), `trial of ${phase}`, {
    ...{ catalogue: CATALOGUE, observers: [], seed: session.seed, topology: topology.file },
  });
  return { ...scenario, topology, fault: { ...scenario.fault, name: phase } };
}

/**
 * Injects faults as a scenario does, with nothing else going on, heals them and returns their receipts.
 * @throws EdgeproofError (usage) where one cannot be had on this rig; nothing was touched then.
 */
export async function tryFault(session: Session, trial: FaultTrial): Promise<Receipt[]> {
  const { phase } = trial;
  const entries = await buildFaults(scenarioFor(trial, session), {
    ...{ rig: session.faultRig, guard: session.guard, links: session.links, seed: session.seed },
    functionUrl: (fn) => session.gateway.route(fn).url,
  });
  const takesDown = entries.flatMap(({ built }) => built.takesDown ?? []);
  await session.phase({ name: phase, kind: "fault", takesDown }, (faults) =>
    runTimeline({
      ...{ entries, faults, beganAt: Date.now(), signal: session.signal, say: session.say },
      onInForce: () => undefined,
    }),
  );
  return session
    .recorded()
    .events.flatMap((event) =>
      event.type === "receipt" && event.receipt.phase === phase ? [event.receipt] : [],
    );
}
