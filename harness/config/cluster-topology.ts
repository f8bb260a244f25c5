import { dirname, resolve } from "node:path";

import { checked } from "./checked.ts";
import { clusterTopologySchema } from "./cluster-schema.ts";
import type { ExistingCluster, Topology } from "./model.ts";
import type { YamlFile } from "./yaml-file.ts";

/** Whether a file that was parsed is a topology of the driver `cluster`. */
export const isClusterTopology = ({ value }: YamlFile): boolean =>
  (value as { driver?: unknown } | null | undefined)?.driver === "cluster";

/**
 * A topology of a cluster that exists, whose sites and nodes nobody has asked for yet.
 *
 * @param file what it came from, for messages
 */
export const clusterTopology = (
  name: string,
  existing: ExistingCluster,
  file: string,
  unreachableTolerationSeconds = 2,
): Topology => ({
  name,
  engine: "auto",
  driver: "cluster",
  existing,
  inventory: undefined,
  functionsLayer: "deployment",
  openfaas: undefined,
  sites: [],
  nodes: [],
  testers: 1,
  wanProfile: "lcl",
  links: [],
  emulation: "none",
  overlay: { lighthouse: "server", relay: false },
  metricsServer: false,
  knative: {
    release: undefined,
    stableWindowSeconds: 60,
    scaleToZeroGracePeriodSeconds: 30,
    meshCompatibilityMode: "auto",
  },
  workloads: [],
  // When a node is NotReady is the cluster's own matter, and not told by its API.
  cluster: { nodeMonitorGracePeriodSeconds: 0, unreachableTolerationSeconds },
  file,
});

/** @throws ConfigError */
export function readClusterTopology(yaml: YamlFile, file: string): Topology {
  const { name, cluster } = checked(yaml, clusterTopologySchema, () => []);
  const { kubeconfig, context, namespace, nodes, classLabel, siteLabel, images, gateway } = cluster;
  const existing: ExistingCluster = {
    kubeconfig: resolve(dirname(file), kubeconfig),
    ...{ context, namespace, nodes, classLabel, siteLabel, images, gateway },
    fallbackClass: cluster.class,
  };
  return clusterTopology(name, existing, file, cluster.unreachableToleration / 1000);
}

/** Whether its nodes are still to be asked for. */
export const isUnread = ({ driver, nodes }: Topology): boolean => driver === "cluster" && nodes.length === 0;
