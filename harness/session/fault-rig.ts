import { dirname } from "node:path";

import type { FaultRig } from "../../chaos/faults/fault-rig.ts";
import { BIN_PATH } from "../rig/driver/node-paths.ts";
import { RUNTIME_PATH } from "../rig/driver/runtime-folder.ts";
import { loadKubeconfig } from "../rig/kube/kube-client.ts";
import { planMachines } from "../rig/rig-plan.ts";
import type { Rig } from "../rig/rig.ts";
import { loadClasses } from "../config/load.ts";
import type { Topology } from "../config/model.ts";
import { resolveHostTool } from "../toolchain/resolve.ts";

/** Kubernetes labels that a topology's nodes get. */
export function labelsIn(topology: Topology): (node: string) => Readonly<Record<string, string>> {
  const labels = new Map(planMachines(topology, loadClasses(), false).map((one) => [one.name, one.labels]));
  return (node) => labels.get(node) ?? {};
}

/**
 * A rig that is up, as faults see it.
 *
 * @param confirmed it was named by `--confirm`
 * @param rate share of the loads that it can carry: of probes it can carry no more
 */
export function faultRig(rig: Rig, confirmed = false, rate = 1): FaultRig {
  return {
    name: rig.name,
    driver: rig.parts.driver.kind,
    nodes: rig.clusterNodes,
    machines: rig.machines,
    server: rig.entry,
    tester: rig.tester,
    probeShare: rate,
    wanHost: rig.wanHost,
    lighthouses: rig.lighthouses,
    machine: (name) => rig.node(name),
    labelsOf: labelsIn(rig.topology),
    power: rig.parts.driver.power,
    namespace: rig.namespace,
    mayReachOut: rig.parts.driver.kind !== "cluster" || confirmed,
    kube: loadKubeconfig(rig.kubeconfig),
    folder: dirname(rig.kubeconfig),
    paths: { bin: BIN_PATH, runtime: RUNTIME_PATH },
    nebulaCert: async () => (await resolveHostTool("nebula-cert")).path,
  };
}
