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
  burst?: {
    /** From good to bad, 0..1. */
    enter: number;
    /** From bad to good, 0..1. */
    leave: number;
  };
  /** Probability that a packet comes twice, 0..1. */
  duplicate?: number;
  /** Probability that a packet overtakes the one before it, 0..1. */
  reorder?: number;
  /** Probability that a packet arrives with a wrong bit, 0..1. */
  corrupt?: number;
  /** Bits per second. */
  rateBps?: number;
  /** Longest IP packet that passes, bytes; longer ones vanish and no ICMP message tells of it. */
  mtuBytes?: number;
}

/** What one direction between two sites does to packets, in place of the profile. */
export interface SiteLink {
  /** Sites, or `tester`. */
  from: string;
  /** As `from`. */
  to: string;
  /** Over those of the profile. */
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

/** A node of the cluster. */
export interface TopologyNode {
  /** A DNS label; its hostname. */
  name: string;
  /** One of the topology's sites. */
  site: string;
  /** `server` runs the control plane. */
  role: "server" | "agent";
  /** Such as `pi4`; a label, or with `emulation: limits` a limit. */
  deviceClass: string;
}

/** How Nebula is laid out. */
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

/** What makes the cluster. */
export type EngineName = "kubernetes" | "k3s";

/** How machines come to be: they are made, they are real ones of an inventory, or a cluster that runs already has them. */
export type DriverName = "container" | "ssh" | "cluster";

/** A cluster that exists, of which nothing but its API is reached. */
export interface ExistingCluster {
  /** Absolute path of the user's kubeconfig. */
  kubeconfig: string;
  /** One of its contexts; undefined: its current one. */
  context: string | undefined;
  /** Namespace that is made and removed; undefined: `edgeproof-RIG`. */
  namespace: string | undefined;
  /** Label selector of the nodes that are used; undefined: all that take pods. */
  nodes: string | undefined;
  /** Label of a node that holds its device class; undefined: see `classOf` in harness/rig/cluster. */
  classLabel: string | undefined;
  /** Label of a node that holds its site. */
  siteLabel: string | undefined;
  /** Device class of nodes whose labels name none. */
  fallbackClass: string;
  /** Registry and path before the names of function images; undefined: they are on the nodes already. */
  images: string | undefined;
  /** `auto`, `node`, `forward`, or an address at which the nodes' ports answer. */
  gateway: string;
}

/** A validated topology. Names are resolved: every site, class and profile exists. */
export interface Topology {
  /** A DNS label, and the rig's name unless another is given. */
  name: string;
  /** `auto`: k3s where its image can be pulled, else kubernetes. */
  engine: EngineName | "auto";
  /** Where its machines come from. */
  driver: DriverName;
  /** Only of the driver `cluster`, whose sites and nodes the API tells. */
  existing: ExistingCluster | undefined;
  /** Absolute path of the inventory; only of the driver `ssh`. */
  inventory: string | undefined;
  /** What runs functions: plain Deployments, Knative Serving or OpenFaaS. */
  functionsLayer: "deployment" | "knative" | "openfaas";
  /** Images of OpenFaaS' gateway and of its Kubernetes provider; only for that layer. */
  openfaas:
    | {
        /** Reference of the gateway's image. */
        gateway: string;
        /** Reference of the provider's image. */
        provider: string;
      }
    | undefined;
  /** Names of the sites; between two of them lies the WAN. */
  sites: string[];
  /** Nodes of the cluster, in the order of their addresses. */
  nodes: TopologyNode[];
  /** Machines that open loads come from, one k6 process each. */
  testers: number;
  /** In force during every phase that names no other; `lcl` for none. */
  wanProfile: string;
  /** Overrides between two sites (or a site and `tester`), one direction each. */
  links: SiteLink[];
  /** `limits`: containers get their class's CPU and memory limits; `none`: classes are labels only. */
  emulation: "none" | "limits";
  /** How Nebula is laid out. */
  overlay: OverlayPlan;
  /** metrics-server, which autoscaling in the layer `deployment` reads from. */
  metricsServer: boolean;
  /** What decides how long things take in the layer `knative`. */
  knative: KnativeSettings;
  /** Servers that functions and the tester talk to. */
  workloads: WorkloadPlan[];
  /** What decides how soon the cluster notices a lost node. */
  cluster: {
    /** Seconds without a heartbeat until a node is NotReady (kube-controller-manager). */
    nodeMonitorGracePeriodSeconds: number;
    /** Seconds until pods of an unreachable node are evicted. */
    unreachableTolerationSeconds: number;
  };
  /** File it came from, for messages. */
  file: string;
}
