import type { FaultDefinition } from "../definition.ts";
import { clockSkew } from "./clock-skew.ts";
import { containerRuntimeStopped } from "./container-runtime-stopped.ts";
import { cpuPressure } from "./cpu-pressure.ts";
import { diskFull } from "./disk-full.ts";
import { diskSlow } from "./disk-slow.ts";
import { kubeletStopped } from "./kubelet-stopped.ts";
import { memoryPressure } from "./memory-pressure.ts";
import { nodeDrain } from "./node-drain.ts";
import { nodeKill } from "./node-kill.ts";
import { nodePause } from "./node-pause.ts";
import { nodeReboot } from "./node-reboot.ts";
import { nodeRestart } from "./node-restart.ts";
import { nodeStop } from "./node-stop.ts";

/** Faults of machines and their own processes. */
export const nodeFaults: readonly FaultDefinition[] = [
  nodeKill,
  nodePause,
  nodeStop,
  nodeRestart,
  nodeReboot,
  nodeDrain,
  cpuPressure,
  memoryPressure,
  diskFull,
  diskSlow,
  clockSkew,
  kubeletStopped,
  containerRuntimeStopped,
];
