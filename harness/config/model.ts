/** What a WAN link does to packets in one direction. Units as in the names; absent means none. */
export interface LinkParams {
  /** One-way delay added, milliseconds. */
  delayMs?: number;
  /** Standard deviation of the delay, milliseconds; the delay is cut at 0. */
  jitterMs?: number;
  /** Distribution of the delay; the sd is `jitterMs` whatever the shape. @default "normal" */
  jitterShape?: "normal" | "pareto" | "uniform";
  /** Probability that a packet is lost, 0..1, independent of others. */
  loss?: number;
  /** Bursty loss (Gilbert-Elliott): probability of entering and of leaving the bad state, per packet. */
  burst?: { enter: number; leave: number };
  duplicate?: number;
  reorder?: number;
  corrupt?: number;
  /** Bits per second. */
  rateBps?: number;
  /** Longest IP packet that passes, bytes; longer ones vanish and no ICMP message tells of it. */
  mtuBytes?: number;
}

export interface SiteLink {
  /** Sites, or `tester`. */
  from: string;
  to: string;
  params: LinkParams;
}

/** A named WAN: what happens between sites, and between any node and the tester, in each direction. */
export interface NetworkProfile {
  name: string;
  description: string;
  betweenSites: LinkParams;
  towardsTester: LinkParams;
}

export interface DeviceClass {
  name: string;
  description: string;
  cpus: number;
  memoryMiB: number;
}

export interface TopologyNode {
  name: string;
  site: string;
  role: "server" | "agent";
  deviceClass: string;
}

export interface OverlayPlan {
  /** `dedicated`: a machine of its own (`lighthouse-1`) that does nothing else; `server`: the control plane's node. */
  lighthouse: "server" | "dedicated";
  /** The lighthouse forwards the tunnels of machines that do not reach each other directly. */
  relay: boolean;
}

/** Settings of Knative that decide how long things take; see https://knative.dev/docs/serving/autoscaling/. */
export interface KnativeSettings {
  /** Absolute folder of a Knative release's manifests, Kourier among them; undefined: built from its Go module. */
  release: string | undefined;
  /** Window over which the autoscaler averages, seconds. */
  stableWindowSeconds: number;
  /** Longest time that the last pod is kept while the activator takes over, seconds. */
  scaleToZeroGracePeriodSeconds: number;
  /** `auto`: the activator probes pods itself (300 ms at most, two round trips); `disabled`: it goes by Kubernetes' word. */
  meshCompatibilityMode: "auto" | "disabled" | "enabled";
}

/** Servers that a rig can run beside functions. */
export const WORKLOAD_KINDS = ["nats", "mosquitto", "s3", "record-log"] as const;
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

/** A server beside the functions: one of each kind at most, on the node that is named. */
export interface WorkloadPlan {
  kind: WorkloadKind;
  node: string;
}

export type EngineName = "kubernetes" | "k3s";

/** A validated topology. Names are resolved: every site, class and profile exists. */
export interface Topology {
  name: string;
  /** `auto`: k3s where its image can be pulled, else kubernetes. */
  engine: EngineName | "auto";
  driver: "container" | "ssh";
  /** Absolute path of the inventory; only of the driver `ssh`. */
  inventory: string | undefined;
  functionsLayer: "deployment" | "knative" | "openfaas";
  /** Images of OpenFaaS' gateway and of its Kubernetes provider; only for that layer. */
  openfaas: { gateway: string; provider: string } | undefined;
  sites: string[];
  nodes: TopologyNode[];
  /** In force during every phase that names no other; `lcl` for none. */
  wanProfile: string;
  /** Overrides between two sites (or a site and `tester`), one direction each. */
  links: SiteLink[];
  /** `limits`: containers get their class's CPU and memory limits; `none`: classes are labels only. */
  emulation: "none" | "limits";
  overlay: OverlayPlan;
  /** metrics-server, which autoscaling in the layer `deployment` reads from. */
  metricsServer: boolean;
  knative: KnativeSettings;
  /** Servers that functions and the tester talk to. */
  workloads: WorkloadPlan[];
  cluster: {
    /** Seconds without a heartbeat until a node is NotReady (kube-controller-manager). */
    nodeMonitorGracePeriodSeconds: number;
    /** Seconds until pods of an unreachable node are evicted. */
    unreachableTolerationSeconds: number;
  };
  /** File it came from, for messages. */
  file: string;
}
