// Written by `npm run schemas` from the catalogue in chaos/faults.
import { planned, type PlannedFault } from "../planned-fault.ts";
import type { Duration, Share } from "../quantities.ts";

/** Target and parameters of `fault.apiServerDown`. */
export interface ApiServerDownOptions {
  /**
   * How it is ended: asked to (SIGTERM) or killed. Default SIGKILL.
   * @default SIGKILL
   */
  signal?: "SIGTERM" | "SIGKILL";
}

/** Target and parameters of `fault.apiServerSlow`. */
export interface ApiServerSlowOptions {
  /** Added to every answer, whole ms; 0ms changes nothing. */
  latency: Duration;
}

/** Target and parameters of `fault.schedulerDown`. */
export interface SchedulerDownOptions {
  /**
   * How it is ended: asked to (SIGTERM) or killed. Default SIGKILL.
   * @default SIGKILL
   */
  signal?: "SIGTERM" | "SIGKILL";
}

/** Target and parameters of `fault.functionPodKilled`. */
export interface FunctionPodKilledOptions {
  /**
   * The function. Default hello-world.
   * @default hello-world
   */
  function?: string;
  /** How many of its pods. Default 1; 0 changes nothing. */
  pods?: number;
  /** Or which share of them, rounded up. */
  share?: Share;
}

/** Target and parameters of `fault.rolloutUnderLoad`. */
export interface RolloutUnderLoadOptions {
  /**
   * The function. Default hello-world.
   * @default hello-world
   */
  function?: string;
}

/** Target and parameters of `fault.workloadKilled`. */
export interface WorkloadKilledOptions {
  /** Its kind in the topology, such as nats. */
  workload: string;
}

/** Faults of the layer `platform`. */
export const platformFaults = {
  /**
   * The API server is ended and kept from starting; what runs on the nodes runs on.
   *
   * - Proof: The service has no process, and the API answers neither the tester nor any node, once a second; before and after it answers all of them.
   * - Undo: The server's agent starts it again; by itself when the lease runs out.
   * - Limit: Not under K3s, where it is a thread of k3s: take kubelet-stopped on the server.
   * - Limit: Faults that need the API to be undone or proved must not be in force at the same time.
   *
   * In a scenario:
   * ```yaml
   * - fault: api-server-down
   * ```
   */
  apiServerDown: (options?: ApiServerDownOptions): PlannedFault => planned("api-server-down", options),

  /**
   * Every node hears from the API server late: toxiproxy on each of them delays its answers.
   *
   * - Proof: On every node, time to the first byte from the API server, ten connections a second: the median before plus the latency, within max(5 ms, 10 %, the median before).
   * - Undo: As for stream faults, on each node by itself: the nft table is deleted and toxiproxy ended.
   * - Limit: Concerns the nodes' own processes (kubelet, kube-proxy, controllers): neither pods nor the tester, whose way to the API stays free.
   * - Limit: Not together with a stream fault on a node's way to the API.
   *
   * In a scenario:
   * ```yaml
   * - fault: api-server-slow
   *   latency: 300ms
   * ```
   */
  apiServerSlow: (options: ApiServerSlowOptions): PlannedFault => planned("api-server-slow", options),

  /**
   * The scheduler is ended and kept from starting: new pods get no node.
   *
   * - Proof: The service has no process; a pod that is made when the fault begins has no node at the end of the window, and gets one within 30 s after.
   * - Undo: The server's agent starts it again; by itself when the lease runs out.
   * - Limit: Not under K3s, where it is a thread of k3s.
   * - Limit: Not together with api-server-down, which hides it.
   *
   * In a scenario:
   * ```yaml
   * - fault: scheduler-down
   * ```
   */
  schedulerDown: (options?: SchedulerDownOptions): PlannedFault => planned("scheduler-down", options),

  /**
   * The cluster's DNS is scaled to nothing: names of services are not resolved.
   *
   * - Proof: Every node asks the DNS service for kubernetes.default.svc.cluster.local once a second: never an answer during, always one before and after.
   * - Undo: CoreDNS's Deployment gets its replicas back by the API; `edgeproof heal` does it when the tester is gone, no node can alone.
   * - Limit: Functions that call no other service by name do not notice.
   * - Limit: Not together with api-server-down.
   *
   * In a scenario:
   * ```yaml
   * - fault: dns-down
   * ```
   */
  dnsDown: (): PlannedFault => planned("dns-down"),

  /**
   * Pods of a function are deleted with no time to end; their Deployment replaces them.
   *
   * - Proof: The killed pods' UIDs are gone from the API for the whole window and all others are there; after, as many as were killed are new and ready.
   * - Undo: Nothing to undo: the Deployment makes new pods; the fault is healed when they are ready.
   * - Limit: Which pods is drawn from the run's seed and their names, which are new in every run.
   *
   * In a scenario:
   * ```yaml
   * - fault: function-pod-killed
   *   function: hello-world
   *   pods: 1
   * ```
   */
  functionPodKilled: (options?: FunctionPodKilledOptions): PlannedFault =>
    planned("function-pod-killed", options),

  /**
   * All pods of a function are replaced by a rolling update that changes nothing but an annotation.
   *
   * - Proof: New pods have come by the end of the window; after, the rollout is complete and not one of the old pods is left.
   * - Undo: Nothing to undo: the fault is healed when the rollout is complete. The annotation stays, as taking it away would be another rollout.
   * - Limit: A window of less than about 2 s may end before the first new pod is there: the receipt does not hold then.
   *
   * In a scenario:
   * ```yaml
   * - fault: rollout-under-load
   *   function: hello-world
   * ```
   */
  rolloutUnderLoad: (options?: RolloutUnderLoadOptions): PlannedFault =>
    planned("rollout-under-load", options),

  /**
   * The process of a workload is killed (SIGKILL), and its kubelet starts it again with the same disk.
   *
   * - Proof: The container that was killed does not run for the whole window, by the kubelet's word; after, another one is ready, and the pod has been restarted once more.
   * - Undo: Nothing to undo: the kubelet starts the container again; the fault is healed when it is ready.
   * - Limit: The kubelet waits 10 s before a second restart within ten minutes, 20 s before a third, and so on.
   * - Limit: What the process had not written is lost; what the kernel had not is not: the machine goes on.
   *
   * In a scenario:
   * ```yaml
   * - fault: workload-killed
   *   workload: nats
   * ```
   */
  workloadKilled: (options: WorkloadKilledOptions): PlannedFault => planned("workload-killed", options),
} as const;
