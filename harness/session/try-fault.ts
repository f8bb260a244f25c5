import { CATALOGUE } from "../../chaos/faults/catalogue.ts";
import type { Guard } from "../../chaos/journal/change.ts";
import { DirectGuard } from "../../chaos/journal/direct-guard.ts";
import { LinkStack } from "../../chaos/wan/link-stack.ts";
import type { LinkDirection, WanEngine } from "../../chaos/wan/wan-engine.ts";
import type { Topology } from "../config/model.ts";
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
  /** `off`: nothing that the fault asks for is done, and all that it asks says that it was. @default "on" */
  backEnd?: "on" | "off";
}

const NO_GUARD: Guard = { apply: () => Promise.resolve(), revert: () => Promise.resolve() };

/** Links of an engine that does nothing and says that it did it all. */
function toldLinks({ backend }: WanEngine): LinkStack {
  const asked = new Map<string, LinkDirection>();
  const stack: LinkStack = new LinkStack({
    backend,
    apply: (links) => {
      for (const { from, to } of links) asked.set(`${from} ${to}`, { from, to });
      return Promise.resolve();
    },
    inForce: () =>
      Promise.resolve([...asked.values()].map((link) => ({ ...link, params: stack.effective(link) }))),
    clear: () => Promise.resolve(),
    counters: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  });
  return stack;
}

/** With the back end off, layers of links are still put on one another, but reach no engine; all else is not done. */
const worksOf = (session: Session, { backEnd = "on", linksOnly }: FaultTrial & { linksOnly: boolean }) => {
  if (backEnd === "on") return { guard: session.guard, links: session.links };
  return { guard: linksOnly ? new DirectGuard() : NO_GUARD, links: toldLinks(session.wan) };
};

/**
 * A scenario of nothing but these faults, with no limit on what they may touch.
 * @throws ConfigError where the faults are not as the catalogue has them.
 */
export function trialScenario(
  { phase, faults, windowMs, fn }: Omit<FaultTrial, "backEnd">,
  topology: Topology,
  seed: number,
): Scenario {
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
  - { name: none, quantity: error-rate, limit: 99%, scope: { phase: fault } }
guard: { fraction: 100%, allowServer: true }
`;
  const scenario = scenarioOf(parseYaml(text, `trial of ${phase}`), `trial of ${phase}`, {
    ...{ catalogue: CATALOGUE, observers: [], seed, topology: topology.file },
  });
  return { ...scenario, topology, fault: { ...scenario.fault, name: phase } };
}

/**
 * Injects faults as a scenario does, with nothing else going on, heals them and returns their receipts.
 * @throws EdgeproofError (usage) where one cannot be had on this rig; nothing was touched then.
 */
export async function tryFault(session: Session, trial: FaultTrial): Promise<Receipt[]> {
  const { phase } = trial;
  const { faultRig: rig, seed } = session;
  const scenario = trialScenario(trial, session.rig.topology, seed);
  const linksOnly = scenario.fault.faults.every(({ definition }) => definition.layer === "link");
  const entries = await buildFaults(scenario, {
    ...{ rig, seed, ...worksOf(session, { ...trial, linksOnly }) },
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
