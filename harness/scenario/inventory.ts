import type { TargetMachine } from "../../chaos/targets/inventory.ts";
import { loadClasses } from "../config/load.ts";
import type { Topology } from "../config/model.ts";
import { planMachines } from "../rig/rig-plan.ts";

/** The machines of a topology as selectors see them. */
export const inventoryOf = (topology: Topology): TargetMachine[] =>
  planMachines(topology, loadClasses(), false).map(({ name, role, site, deviceClass, labels }) => ({
    name,
    role,
    site,
    deviceClass,
    labels,
  }));
