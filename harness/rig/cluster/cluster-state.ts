import type { Topology } from "../../config/model.ts";

/** What a rig on a cluster that exists needs to be found again. */
export interface ClusterState {
  kind: "cluster";
  /** Of the user; the rig's folder has a copy of one context. */
  kubeconfig: string;
  context: string;
  /** URL of the API. */
  server: string;
  namespace: string;
  /** Says that the namespace is this rig's. */
  claim: string;
  /** With the nodes that were found. */
  topology: Topology;
  /** Of the API server. */
  version: string;
  /** Nodes that no pod can be on, with the reason. */
  unused: string[];
  /** Of each node, as Node calls it. */
  architectures: Record<string, string>;
  /** How requests come in; undefined until it was tried. */
  gateway?: GatewayState;
  /** What the tester runs, on this machine. */
  tester?: TesterState;
}

/** A node port at an address, or a port-forward. */
export type GatewayState = { kind: "node"; address: string } | { kind: "forward" };

export interface TesterState {
  /** Path of k6. */
  k6: string;
  /** Folder of edgeproof's own programs. */
  runtime: string;
}
