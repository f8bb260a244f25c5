import type { FaultDefinition } from "../definition.ts";
import { apiServerDown } from "./api-server-down.ts";
import { apiServerSlow } from "./api-server-slow.ts";
import { dnsDown } from "./dns-down.ts";
import { functionPodKilled } from "./function-pod-killed.ts";
import { rolloutUnderLoad } from "./rollout-under-load.ts";
import { schedulerDown } from "./scheduler-down.ts";
import { workloadKilled } from "./workload-killed.ts";

/** Faults of the cluster's own parts and of functions' pods. */
export const platformFaults: readonly FaultDefinition[] = [
  apiServerDown,
  apiServerSlow,
  schedulerDown,
  dnsDown,
  functionPodKilled,
  rolloutUnderLoad,
  workloadKilled,
];
