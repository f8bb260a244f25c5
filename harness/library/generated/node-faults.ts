// Written by `npm run schemas` from the catalogue in chaos/faults.
/* eslint-disable max-lines */
import { planned, type PlannedFault } from "../planned-fault.ts";
import type { Duration, Share, Size } from "../quantities.ts";
import type { MachineTarget } from "../targets.ts";

/** Target and parameters of `fault.nodeKill`. */
export interface NodeKillOptions {
  /** What it is aimed at. */
  target: MachineTarget;
}

/** Target and parameters of `fault.nodePause`. */
export interface NodePauseOptions {
  /** What it is aimed at. */
  target: MachineTarget;
}

/** Target and parameters of `fault.nodeStop`. */
export interface NodeStopOptions {
  /** What it is aimed at. */
  target: MachineTarget;
}

/** Target and parameters of `fault.nodeRestart`. */
export interface NodeRestartOptions {
  /** What it is aimed at. */
  target: MachineTarget;
}

/** Target and parameters of `fault.nodeReboot`. */
export interface NodeRebootOptions {
  /** What it is aimed at. */
  target: MachineTarget;
  /**
   * `orderly` ends services and writes file systems out (systemctl reboot); `reset` restarts the machine at once by the kernel's sysrq `b`, which loses what was not yet on its disk. Default: orderly.
   * @default orderly
   */
  how?: "orderly" | "reset";
}

/** Target and parameters of `fault.nodeDrain`. */
export interface NodeDrainOptions {
  /** What it is aimed at. */
  target: MachineTarget;
  /**
   * Time that the pods have to leave. Default 60s.
   * @default 60000
   */
  timeout?: Duration;
}

/** Target and parameters of `fault.cpuPressure`. */
export interface CpuPressureOptions {
  /** What it is aimed at. */
  target: MachineTarget;
  /** Threads that compute, at most one a CPU of the machine. Default: one a CPU. */
  workers?: number;
  /**
   * Share of the time that each of them is busy. Default 100%.
   * @default 1
   */
  load?: Share;
}

/** Target and parameters of `fault.memoryPressure`. */
export interface MemoryPressureOptions {
  /** What it is aimed at. */
  target: MachineTarget;
  /** How much is held: 0, or from 64MiB. */
  bytes?: Size;
  /** Share of the available memory that is left, at least 10%. */
  leave?: Share;
}

/** Target and parameters of `fault.diskFull`. */
export interface DiskFullOptions {
  /** What it is aimed at. */
  target: MachineTarget;
  /** A directory on the file system, such as `/run` or `/var/lib/kubelet`. */
  path: string;
  /** Room that is left for root's processes, such as 4MiB. */
  leave?: Size;
  /** Room that is taken. Either this or `leave`. */
  take?: Size;
}

/** Target and parameters of `fault.diskSlow`. */
export interface DiskSlowOptions {
  /** What it is aimed at. */
  target: MachineTarget;
  /**
   * A directory on the disk. Default /var/lib/kubelet.
   * @default /var/lib/kubelet
   */
  path?: string;
  /** Bytes a second, read and written each, at least 64KiB. */
  bytesPerSecond?: Size;
  /** Time that each operation takes at least, up to 1s: at most 1/latency a second. Either this or a rate. */
  latency?: Duration;
}

/** Target and parameters of `fault.clockSkew`. */
export interface ClockSkewOptions {
  /** What it is aimed at. */
  target: MachineTarget;
  /** How far the clock is set off. */
  offset: Duration;
  /**
   * Which way. Default ahead.
   * @default ahead
   */
  direction?: "ahead" | "back";
}

/** Target and parameters of `fault.kubeletStopped`. */
export interface KubeletStoppedOptions {
  /** What it is aimed at. */
  target: MachineTarget;
  /**
   * How it is ended: asked to (SIGTERM) or killed. Default SIGTERM.
   * @default SIGTERM
   */
  signal?: "SIGTERM" | "SIGKILL";
}

/** Target and parameters of `fault.containerRuntimeStopped`. */
export interface ContainerRuntimeStoppedOptions {
  /** What it is aimed at. */
  target: MachineTarget;
  /**
   * How it is ended: asked to (SIGTERM) or killed. Default SIGTERM.
   * @default SIGTERM
   */
  signal?: "SIGTERM" | "SIGKILL";
}

/** Faults of the layer `node`. */
export const nodeFaults = {
  /**
   * Power cut: all processes of a machine end at once, its disk stays. Of a real one: all of the rig's.
   *
   * - Proof: The driver says that the machine is off, and it answers no ping of the tester; a real one none over the overlay.
   * - Undo: Power on, by the driver; the machine boots and joins by itself. A machine that is off holds no lease.
   * - Limit: A real machine could not be switched on again: its kernel stays, and all of the rig on it ends. node-reboot with `how: reset` is a crash of the machine itself, which boots again at once.
   *
   * In a scenario:
   * ```yaml
   * - { fault: node-kill, target: pi4-1 }
   * ```
   */
  nodeKill: (options: NodeKillOptions): PlannedFault => planned("node-kill", options),

  /**
   * All processes of a machine are frozen: none of them answers, and none loses anything.
   *
   * - Proof: The driver says that the machine is frozen, and its Nebula carries no ping of the tester any more.
   * - Undo: Thawed by the driver. A frozen machine's own lease runs out unseen, and is undone when it thaws.
   * - Limit: Of a real machine all of the rig's processes are frozen, which needs control groups of version 2.
   * - Limit: The kernel goes on: it still answers pings on the underlay and keeps connections.
   *
   * In a scenario:
   * ```yaml
   * - { fault: node-pause, target: pi4-1 }
   * ```
   */
  nodePause: (options: NodePauseOptions): PlannedFault => planned("node-pause", options),

  /**
   * Graceful stop: the machine is asked to end and has time to; its disk stays.
   *
   * - Proof: The driver says that the machine is off, and it answers no ping of the tester; a real one none over the overlay.
   * - Undo: Power on, by the driver; the machine boots and joins by itself. A machine that is off holds no lease.
   * - Limit: Only the agent is asked to end; what it started ends with it. The rest of a real machine goes on.
   *
   * In a scenario:
   * ```yaml
   * - { fault: node-stop, target: pi4-1 }
   * ```
   */
  nodeStop: (options: NodeStopOptions): PlannedFault => planned("node-stop", options),

  /**
   * A machine is stopped gracefully and started again at once.
   *
   * - Proof: It was off and answered no ping between the two; its first process started anew since.
   * - Undo: Nothing stays but a machine that is off, if the second half failed: power on, by the driver.
   * - Limit: In a container the kernel goes on running: node-reboot boots it anew, on real machines only.
   *
   * In a scenario:
   * ```yaml
   * - { fault: node-restart, target: pi4-1 }
   * ```
   */
  nodeRestart: (options: NodeRestartOptions): PlannedFault => planned("node-restart", options),

  /**
   * A real machine's operating system reboots, in order or as after a short power cut.
   *
   * - Proof: The kernel's boot id is another one.
   * - Undo: None is needed: the machine boots and joins by itself. Leases lie on its disk, and its links are put in force again.
   * - Limit: ssh driver only: a container shares its host's kernel. node-restart is what it can have.
   * - Limit: A machine that does not come back within 300 s fails the run; nothing can switch it on from here.
   * - Limit: `reset` is no power cut to the disk itself: a card that loses power while it writes may lose more.
   *
   * In a scenario:
   * ```yaml
   * - { fault: node-reboot, target: pi4-1 }
   * ```
   */
  nodeReboot: (options: NodeRebootOptions): PlannedFault => planned("node-reboot", options),

  /**
   * A node is cordoned and its pods are evicted, as `kubectl drain` does it.
   *
   * - Proof: The node is not schedulable, and no pod but those of DaemonSets is on it, for the whole window.
   * - Undo: Uncordoned, on its lease by the machine with its kubelet's own right. Pods stay where they went.
   * - Limit: Grace periods and disruption budgets are respected; emptyDir data is lost, as with --delete-emptydir-data.
   * - Limit: Refused where a pod has no controller, or where the node is cordoned already.
   * - Limit: On an existing cluster it takes away pods of others, too: only with `--confirm`, and uncordoned by edgeproof or `edgeproof heal` alone.
   * - Limit: Uncordoning without the tester needs the way from the machine to the API server: it is tried again until there is one.
   *
   * In a scenario:
   * ```yaml
   * - { fault: node-drain, target: pi4-1 }
   * ```
   */
  nodeDrain: (options: NodeDrainOptions): PlannedFault => planned("node-drain", options),

  /**
   * Processes keep CPUs of a machine busy.
   *
   * - Proof: CPU time that the load's process was given over the window (/proc), within 10 % of workers x load.
   * - Undo: The load's process is killed; on its lease by the machine, and it ends by itself with the machine's agent.
   * - Limit: Where CPUs are scarce the load gets its part of them like any process; what it stood in line for counts as wanted.
   * - Limit: A machine with less CPU time than whole CPUs gives no more than its limit: fewer CPUs than asked are broken.
   *
   * In a scenario:
   * ```yaml
   * - { fault: cpu-pressure, target: pi4-1, workers: 2, load: 80% }
   * ```
   */
  cpuPressure: (options: CpuPressureOptions): PlannedFault => planned("cpu-pressure", options),

  /**
   * A process holds memory of a machine, resident, so that others do without.
   *
   * - Proof: Resident memory of the load's process over the window, and how much less is available (/proc, cgroup).
   * - Undo: The load's process is killed; on its lease by the machine, and it ends by itself with the machine's agent.
   * - Limit: Refused above 90 % of what is available to the machine: its cgroup's, or the kernel's estimate.
   * - Limit: Should the machine run out in spite of that, the load is what the kernel kills first, and the receipt is broken.
   * - Limit: A container machine without a memory limit takes the host's memory.
   * - Limit: How much less is available is judged only where it is more than half of what is held and 2 % of what there was.
   *
   * In a scenario:
   * ```yaml
   * - { fault: memory-pressure, target: pi4-1, leave: 25% }
   * ```
   */
  memoryPressure: (options: MemoryPressureOptions): PlannedFault => planned("memory-pressure", options),

  /**
   * A file system of a machine is filled until little room is left.
   *
   * - Proof: Free bytes of the file system (statfs on the machine) over the whole window, against what was free before.
   * - Undo: The file is removed, or the file system in memory has its former size again; on its lease by the machine.
   * - Limit: Container machines: only file systems in memory that are the machine's own (/run, /tmp, /dev/shm), by a smaller size that takes no memory.
   * - Limit: Real machines: any file system where blocks can be allocated (`fallocate`), by one file.
   * - Limit: What others free meanwhile is not taken anew.
   *
   * In a scenario:
   * ```yaml
   * - { fault: disk-full, target: pi4-1, path: /run, leave: 4MiB }
   * ```
   */
  diskFull: (options: DiskFullOptions): PlannedFault => planned("disk-full", options),

  /**
   * Reads and writes of a machine's processes on one disk are slowed by cgroup limits.
   *
   * - Proof: Median time of synchronous writes (O_DSYNC) by a probe on the machine, over the window.
   * - Undo: The limits are taken away; on its lease by the machine.
   * - Limit: cgroup v2 with the io controller (io.max), or v1 with blkio.throttle.
   * - Limit: v1 limits each cgroup by itself, those that are there when the fault begins, and only what is written through to the disk.
   * - Limit: With `latency` a synchronous write takes one to four times as long: it is up to four operations.
   * - Limit: A path that lies on no block device (tmpfs, overlay, btrfs) is refused, as is a disk that has limits already.
   *
   * In a scenario:
   * ```yaml
   * - { fault: disk-slow, target: pi4-1, bytesPerSecond: 1MiB }
   * ```
   */
  diskSlow: (options: DiskSlowOptions): PlannedFault => planned("disk-slow", options),

  /**
   * A real machine's wall clock is set ahead or back.
   *
   * - Proof: The machine's clock against the tester's, corrected by half the round trip of asking, over the window.
   * - Undo: The clock is set to the true time, by the machine's steady clock; on its lease by the machine.
   * - Limit: ssh driver only: a container has its host's clock.
   * - Limit: A time daemon that steps the clock back (chrony, systemd-timesyncd) ends the fault early, and the receipt is broken: stop it before.
   * - Limit: After a reboot the machine takes its time anew, and nothing is set back.
   *
   * In a scenario:
   * ```yaml
   * - { fault: clock-skew, target: pi4-1, offset: 5m, direction: back }
   * ```
   */
  clockSkew: (options: ClockSkewOptions): PlannedFault => planned("clock-skew", options),

  /**
   * The kubelet is ended and kept from starting; its pods run on.
   *
   * - Proof: The service has no process, and no process of the machine runs the program.
   * - Undo: The machine's agent starts the service again; by itself when the lease runs out.
   * - Limit: Under K3s it is the k3s service that stops, with the node's network policy and load balancer parts.
   * - Limit: The node is called NotReady only after the node monitor's grace period: the receipt does not wait for it.
   *
   * In a scenario:
   * ```yaml
   * - { fault: kubelet-stopped, target: pi4-1, signal: SIGKILL }
   * ```
   */
  kubeletStopped: (options: KubeletStoppedOptions): PlannedFault => planned("kubelet-stopped", options),

  /**
   * containerd is ended and kept from starting: containers run on, none can be started or asked about.
   *
   * - Proof: The service has no process, and no process of the machine runs the program.
   * - Undo: The machine's agent starts the service again; by itself when the lease runs out.
   * - Limit: Refused under K3s, whose containerd is a child of its own.
   *
   * In a scenario:
   * ```yaml
   * - { fault: container-runtime-stopped, target: pi4-1 }
   * ```
   */
  containerRuntimeStopped: (options: ContainerRuntimeStoppedOptions): PlannedFault =>
    planned("container-runtime-stopped", options),
} as const;
