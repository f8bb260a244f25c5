import type { EngineName, Topology } from "../../config/model.ts";
import type { NodePlatform } from "../driver/node-platform.ts";
import type { StoredImage } from "../images/image-store.ts";
import type { NodeHandle } from "../node-handle.ts";
import type { TaskGraph } from "../task-graph.ts";

/** A node that the engine makes part of the cluster. */
export interface ClusterNode {
  name: string;
  overlay: string;
  /** Only once the task `stage.machine(name)` is done. */
  readonly handle: NodeHandle;
  readonly platform: NodePlatform;
  role: "server" | "agent";
  podCidr: string;
  labels: Record<string, string>;
}

export interface EngineContext {
  rig: string;
  topology: Topology;
  nodes: readonly ClusterNode[];
  /** Nodes that are gone on without; filled while the tasks run. */
  lost: ReadonlySet<string>;
  /** Images that the node's runtime holds before pods start: OCI archives in the image folder. */
  images(node: string): Promise<readonly StoredImage[]>;
  /** CoreDNS's image, for the server alone. */
  dnsImage(): Promise<StoredImage>;
  /** Images of what else runs on the server alone. */
  serverImages(): Promise<readonly StoredImage[]>;
  /** Images that one node alone holds before what needs them is started. */
  imagesOf(node: string): Promise<readonly StoredImage[]>;
  /** Port on the tester's loopback that leads to the API server's port on the server node. */
  apiPort(): Promise<number>;
  /** Address from which connections to that published port reach the node; undefined where none is published. */
  publishedFrom(): string | undefined;
  /** Where the administrator's kubeconfig is written, mode 0600. */
  kubeconfigPath: string;
  /** Resolves when the node has this binary of the toolchain in its bin folder. */
  tool(name: string, node: string): Promise<void>;
  /** Resolves when the node has K3s in its folder. */
  k3s(node: string): Promise<void>;
  /** Resolves when the node has the image's archive in its image folder. */
  placeImage(node: string, image: StoredImage): Promise<void>;
}

/** Names of the rig's tasks that an engine's tasks may wait for, and that others wait for. */
export const stage = {
  machine: (node: string) => `machine ${node}`,
  overlay: (node: string) => `nebula ${node}`,
  apiReady: "api server",
  nodesReady: "nodes ready",
  /** The server's runtime holds `serverImages`. */
  serverImages: "server images",
  /** The node's runtime holds `imagesOf` it. */
  ownImages: (node: string) => `own images ${node}`,
  /** The API serves what pods use; absent where no autoscaler needs it. */
  metricsReady: "metrics served",
  /** The functions layer takes functions; absent where it needs nothing of its own. */
  functionsReady: "functions layer ready",
} as const;

/** What makes the cluster out of nodes that have an overlay address. */
export interface Engine {
  readonly name: EngineName;
  readonly version: string;
  /** Toolchain binaries that it runs on the server. */
  readonly tools: readonly string[];
  /** Those of them that it runs on agents. */
  readonly agentTools: readonly string[];
  /** Who carries packets between pods of different nodes: Nebula's own routes, or flannel over Nebula's interface. */
  readonly podNetwork: "overlay-routes" | "flannel";
  /**
   * Adds the tasks that bring the cluster up. It must add `stage.apiReady` (the API answers and the kubeconfig is
   * written), `stage.nodesReady` (every node is Ready, seen by a watch), `stage.serverImages`, and `stage.ownImages` for every node.
   */
  plan(graph: TaskGraph, context: EngineContext): void;
}
