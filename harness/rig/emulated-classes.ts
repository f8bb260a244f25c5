import { calibrate } from "../characterize/calibrate.ts";
import { hostScores, type HostScores } from "../characterize/host-scores.ts";
import { readReferenceScores, type ReferenceScores } from "../characterize/reference-scores.ts";
import type { DeviceClass, Topology } from "../config/model.ts";
import type { Emulation } from "../record/model.ts";

/** A device class as containers of this host stand for it. It is never the device itself. */
export interface EmulatedClass extends Emulation {
  class: string;
}

/**
 * How each class that limits a node of this topology is emulated; none where classes are labels only.
 *
 * @param cores that the containers share: an engine gives none of them more
 */
export function emulatedClasses(
  { nodes, emulation }: Pick<Topology, "nodes" | "emulation">,
  classes: ReadonlyMap<string, DeviceClass>,
  references: ReferenceScores,
  host: HostScores | undefined,
  cores: number | undefined,
): EmulatedClass[] {
  if (emulation !== "limits") return [];
  const used = [...new Set(nodes.map(({ deviceClass }) => deviceClass))];
  return used.flatMap((name) => {
    const declared = classes.get(name);
    return declared ? [emulated(declared, references, host, cores)] : [];
  });
}

/** The same by what is measured of class and host up to now. */
export const emulatedHere = (
  topology: Pick<Topology, "nodes" | "emulation">,
  classes: ReadonlyMap<string, DeviceClass>,
  cores: number | undefined,
): EmulatedClass[] => emulatedClasses(topology, classes, readReferenceScores(), hostScores(), cores);

function emulated(
  { name, cpus }: DeviceClass,
  references: ReferenceScores,
  host: HostScores | undefined,
  cores = Infinity,
): EmulatedClass {
  const asDeclared = (why: string): EmulatedClass =>
    cpus <= cores
      ? {
          ...{ class: name, cpus, calibrated: false },
          text: `${name}: ${cpus} CPUs as declared, not calibrated: ${why}`,
        }
      : {
          ...{ class: name, cpus: cores, calibrated: false, fits: false },
          text: `${name}: does not fit this host: ${cores} CPUs, as there are no more, of ${cpus} declared; not calibrated: ${why}`,
        };
  const reference = references.get(name);
  if (!reference) return asDeclared("the class has no measured scores");
  if (!host) return asDeclared("this host was not measured (`edgeproof characterize --host`)");
  const { quotaCpus, fits, text } = calibrate(name, reference, host);
  if (quotaCpus === undefined) return asDeclared(text);
  return { ...{ class: name, cpus: quotaCpus, calibrated: true, fits, text } };
}

/** The classes with the quotas that they are emulated by. */
export function asEmulated(
  classes: ReadonlyMap<string, DeviceClass>,
  emulated: readonly EmulatedClass[],
): Map<string, DeviceClass> {
  const quotas = new Map(emulated.map((one) => [one.class, one.cpus]));
  return new Map(
    [...classes].map(([name, declared]) => [name, { ...declared, cpus: quotas.get(name) ?? declared.cpus }]),
  );
}
