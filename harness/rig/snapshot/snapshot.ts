import { ContainerDriver } from "../driver/container/container-driver.ts";
import type { Rig } from "../rig.ts";
import { rigFolder } from "../rig-state.ts";
import { engineFacts } from "./engine-facts.ts";
import type { Facts } from "./facts.ts";
import { hostFacts } from "./host-facts.ts";
import { kubeFacts } from "./kube-facts.ts";
import { machineFacts } from "./machine-facts.ts";
import { messageOf } from "../../errors.ts";

/** By place: each machine's name, and `engine`, `host` and `cluster`. */
export type RigSnapshot = Record<string, Facts>;

/** A place that cannot be asked differs from itself before; the rest is compared all the same. */
const orSilent = (facts: Promise<Facts>): Promise<Facts> =>
  facts.catch((error: unknown) => ({ silent: [messageOf(error)] }));

/** What must be the same after faults as before: two of an idle rig are equal. */
export async function snapshotRig(rig: Rig): Promise<RigSnapshot> {
  const { driver, nodes } = rig.parts;
  const {
    facts: engine,
    bridges,
    subnets,
  } = driver instanceof ContainerDriver
    ? await engineFacts(driver.docker, rig.name)
    : { facts: {}, bridges: [], subnets: [] };
  const [host, cluster, ...machines] = await Promise.all([
    hostFacts(rigFolder(rig.name), bridges, subnets),
    orSilent(kubeFacts(rig.kubeconfig)),
    ...[...nodes.values()].map(async (node) => [node.name, await orSilent(machineFacts(node))] as const),
  ]);
  return { engine, host, cluster, ...Object.fromEntries(machines) };
}

/** Lines of `a` that are not in `b`; a line that occurs twice counts twice. */
function missing(a: readonly string[], b: readonly string[]): string[] {
  const left = [...b];
  return a.filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

/** For people: `pi4-1 nft: + table inet edgeproof-x` for what is new in `b`, `-` for what is gone. Empty where equal. */
export function diffSnapshots(a: RigSnapshot, b: RigSnapshot): string[] {
  const keys = (x: object, y: object): string[] => [...new Set([...Object.keys(x), ...Object.keys(y)])];
  return keys(a, b).flatMap((place) =>
    keys(a[place] ?? {}, b[place] ?? {}).flatMap((section) => {
      const [before, after] = [a[place]?.[section] ?? [], b[place]?.[section] ?? []];
      return [
        ...missing(before, after).map((line) => `${place} ${section}: - ${line}`),
        ...missing(after, before).map((line) => `${place} ${section}: + ${line}`),
      ];
    }),
  );
}
