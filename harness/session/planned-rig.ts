import { KubeConfig } from "@kubernetes/client-node";

import type { FaultRig } from "../../chaos/faults/fault-rig.ts";
import { loadClasses } from "../config/load.ts";
import type { Topology } from "../config/model.ts";
import { EdgeproofError, rigError } from "../errors.ts";
import { BIN_PATH } from "../rig/driver/node-paths.ts";
import { RUNTIME_PATH } from "../rig/driver/runtime-folder.ts";
import { NAMESPACE } from "../rig/functions/manifests.ts";
import type { NodeHandle } from "../rig/node-handle.ts";
import { planMachines, WAN } from "../rig/rig-plan.ts";
import { labelsIn } from "./fault-rig.ts";

const CODE = "NO_RIG_YET";

const refuse = (what: string) => (): never => {
  throw rigError(CODE, `${what} is only planned`, { fix: "bring the rig up" });
};

const METHODS = [
  "exec",
  "writeFile",
  "readFile",
  "startService",
  "stopService",
  "holdService",
  "resumeService",
  "restartService",
  "signalService",
  "services",
  "lease",
  "renewLeases",
  "releaseLease",
  "forgetLease",
  "leases",
  "connect",
] as const satisfies (keyof NodeHandle)[];

function plannedNode(
  identity: Pick<NodeHandle, "name" | "role" | "site" | "deviceClass" | "overlay">,
): NodeHandle {
  const methods = Object.fromEntries(
    METHODS.map((method) => [method, () => Promise.reject(rejection(identity.name))]),
  );
  return { ...identity, underlay: `(underlay of ${identity.name})`, ...methods } as unknown as NodeHandle;
}

const rejection = (name: string): EdgeproofError => rigError(CODE, `${name} is only planned`);

/** What is known of the rig beside its topology. */
export interface PlannedAs {
  /** @default the topology's */
  name?: string;
  /** It was named by `--confirm`. @default false */
  confirmed?: boolean;
}

/** A rig that is only planned: names and places are known, and whoever acts on it is refused. */
export function plannedRig(topology: Topology, { name, confirmed = false }: PlannedAs = {}): FaultRig {
  const machines = planMachines(topology, loadClasses(), false).map(plannedNode);
  const wan = plannedNode({ name: WAN, role: "wan", site: "", deviceClass: "", overlay: undefined });
  const machine = (name: string): NodeHandle =>
    [...machines, wan].find((one) => one.name === name) ?? refuse(`machine ${name}`)();
  const first = (role: NodeHandle["role"]): NodeHandle =>
    machines.find((one) => one.role === role) ?? refuse(`a machine with the role ${role}`)();
  const dedicated = machines.filter(({ role }) => role === "lighthouse");
  // A cluster that exists may show no server.
  const server = topology.driver === "cluster" ? (machines[0] ?? first("server")) : first("server");
  const power = () => Promise.reject(rejection("the rig"));
  return {
    name: name ?? topology.name,
    driver: topology.driver,
    nodes: machines.filter(({ role }) => role === "server" || role === "agent"),
    machines,
    server,
    tester: first("tester"),
    wanHost: (from) => (topology.driver === "container" ? WAN : from),
    lighthouses: dedicated.length > 0 ? dedicated : [server],
    machine,
    labelsOf: labelsIn(topology),
    power: {
      switches: topology.driver === "container" ? "machine" : "services",
      kill: power,
      stop: power,
      start: power,
      pause: power,
      unpause: power,
      state: power,
    },
    namespace: NAMESPACE,
    mayReachOut: topology.driver !== "cluster" || confirmed,
    kube: new KubeConfig(),
    folder: "(folder of the rig)",
    paths: { bin: BIN_PATH, runtime: RUNTIME_PATH },
    nebulaCert: () => Promise.reject(rejection("nebula-cert")),
  };
}
