import { z } from "zod";

import { CATALOGUE } from "../../chaos/faults/catalogue.ts";
import type { Fault } from "../../chaos/faults/fault.ts";
import { ConfigError } from "../config/config-error.ts";
import type { YamlFile } from "../config/yaml-file.ts";
import { usageError } from "../errors.ts";
import { inventoryOf } from "../scenario/inventory.ts";
import type { ScenarioFault } from "../scenario/model.ts";
import { readFaults } from "../scenario/read-faults.ts";
import { faultFrame } from "../scenario/schema.ts";
import { buildEntry } from "../session/build-faults.ts";
import type { Session } from "../session/session.ts";
import type { PlannedFault } from "./planned-fault.ts";

/** Keys of a scenario's fault that say when: in code, the phase's body says so. */
const TIMES = ["at", "for", "repeat", "name", "fault"];

/** Where a value of the options was written, as far as that is known: the constructor's line, and the key. */
const asFile = ({ fault, where }: PlannedFault, value: unknown): YamlFile => {
  // Below `phases.fault.faults[n]`, where scenarios have it.
  const place = (path: readonly (string | number)[]): string =>
    [where || fault, path.slice(4).join(".")].filter((part) => part !== "").join(": ");
  return { value, whereValue: place, whereKey: place };
};

/** Checks what was asked for against the rig's topology. @throws ConfigError */
function read(planned: PlannedFault, session: Session): ScenarioFault {
  const { fault, options, where } = planned;
  const late = TIMES.find((key) => Object.hasOwn(options, key));
  if (late !== undefined)
    throw usageError("fault-options", `${fault} has the key \`${late}\`, which only scenarios have`, {
      ...(where === "" ? {} : { where }),
      expected: "target and parameters; when it begins and ends, the phase's body says",
    });
  const input = z.looseObject(faultFrame).parse({ ...options, fault });
  const { faults, problems } = readFaults(asFile(planned, input), [input], {
    inventory: inventoryOf(session.rig.topology),
    catalogue: CATALOGUE,
    seed: session.seed,
    fn: undefined,
    durationMs: Infinity,
  });
  const [found] = faults;
  if (problems.length > 0 || !found) throw new ConfigError(problems);
  return { ...found, where: where || fault };
}

/**
 * Makes faults of a phase real, in the order in which they are given: those of links last, which do not probe machines that
 * others take down. Nothing is touched.
 *
 * @param taken names that faults of the phase have already
 * @throws EdgeproofError (usage) where one cannot be had on this rig
 */
export async function buildPlanned(
  all: readonly PlannedFault[],
  phase: string,
  session: Session,
  { taken = [], down = [] }: { taken?: readonly string[]; down?: readonly string[] } = {},
): Promise<Fault[]> {
  const { faultRig: rig, guard, links, seed, gateway } = session;
  const names = new Set(taken);
  const numbered = (name: string): string => {
    let unique = name;
    for (let number = 2; names.has(unique); number++) unique = `${name}-${number}`;
    names.add(unique);
    return unique;
  };
  const checked = all.map((one) => {
    const found = read(one, session);
    return { ...found, name: numbered(found.name) };
  });
  const context = { rig, guard, links, seed, functionUrl: (fn: string) => gateway.route(fn).url };
  const built = new Map<ScenarioFault, Fault>();
  const make = async (faults: readonly ScenarioFault[], unprobed: readonly string[]): Promise<void> => {
    for (const fault of faults) {
      const entry = { name: fault.name, fault, startMs: 0, endMs: Infinity };
      built.set(fault, (await buildEntry(entry, phase, unprobed, context)).built);
    }
  };
  const isLink = ({ definition }: ScenarioFault): boolean => definition.layer === "link";
  await make(
    checked.filter((fault) => !isLink(fault)),
    down,
  );
  const unprobed = [...down, ...[...built.values()].flatMap(({ takesDown = [] }) => takesDown)];
  await make(checked.filter(isLink), [...new Set(unprobed)]);
  return checked.map((fault) => built.get(fault)!);
}
