import type { DeviceClass, Topology } from "../config/model.ts";
import { overlayAddress, podCidr } from "./addresses.ts";
import { LABEL_CLASS, LABEL_EMULATION, LABEL_NODE_ROLE, LABEL_SITE } from "./node-labels.ts";
import type { OverlayIdentity } from "./overlay/nebula-pki.ts";

/** The first tester, and the site of all. */
export const TESTER = "tester";
export const WAN = "wan";
const LIGHTHOUSE = "lighthouse-1";
/** Site of a dedicated lighthouse: to the profile one site among others. */
const LIGHTHOUSE_SITE = "lighthouse";

/** The topology less those of its nodes that are not among the rig's machines: they were lost on the way. */
export function topologyOf(topology: Topology, machines: Iterable<string>): Topology {
  const there = new Set(machines);
  return { ...topology, nodes: topology.nodes.filter(({ name }) => there.has(name)) };
}

/** One machine as the topology wants it, with its place in the address plan. */
export interface PlannedMachine extends OverlayIdentity {
  role: "server" | "agent" | "tester" | "lighthouse";
  site: string;
  deviceClass: string;
  limits: { cpus: number; memoryMiB: number } | undefined;
  labels: Record<string, string>;
}

/** The nodes in the topology's order, the testers, then a dedicated lighthouse; addresses follow the order. */
export function planMachines(
  topology: Topology,
  classes: ReadonlyMap<string, DeviceClass>,
  overlayRoutesPods: boolean,
): PlannedMachine[] {
  const nodes = topology.nodes.map((node, index): PlannedMachine => {
    const device = classes.get(node.deviceClass);
    return {
      name: node.name,
      role: node.role,
      site: node.site,
      deviceClass: node.deviceClass,
      overlay: overlayAddress(index + 1),
      subnets: overlayRoutesPods ? [podCidr(index + 1)] : [],
      limits:
        topology.emulation === "limits" && device
          ? { cpus: device.cpus, memoryMiB: device.memoryMiB }
          : undefined,
      labels: {
        [LABEL_SITE]: node.site,
        [LABEL_CLASS]: node.deviceClass,
        [LABEL_EMULATION]: topology.emulation,
        [LABEL_NODE_ROLE]: node.role,
      },
    };
  });
  const beside = { deviceClass: "", subnets: [], limits: undefined, labels: {} };
  const testers = Array.from({ length: topology.testers }, (_, index): PlannedMachine => ({
    ...beside,
    name: index === 0 ? TESTER : `${TESTER}-${index + 1}`,
    role: "tester",
    site: TESTER,
    overlay: overlayAddress(nodes.length + 1 + index),
  }));
  const lighthouse: PlannedMachine = {
    ...beside,
    name: LIGHTHOUSE,
    role: "lighthouse",
    site: LIGHTHOUSE_SITE,
    overlay: overlayAddress(nodes.length + testers.length + 1),
  };
  return [...nodes, ...testers, ...(topology.overlay.lighthouse === "dedicated" ? [lighthouse] : [])];
}
