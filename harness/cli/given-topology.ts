import { basename, resolve } from "node:path";

import { clusterTopology, isUnread } from "../config/cluster-topology.ts";
import { gatewayAddress, imagePrefix } from "../config/cluster-schema.ts";
import { loadTopology } from "../config/load.ts";
import type { Topology } from "../config/model.ts";
import { usageError } from "../errors.ts";
import { chooseContext } from "../rig/cluster/kubeconfig-copy.ts";
import { discoverCluster } from "../rig/cluster/discover.ts";
import { checkRigName } from "../rig/rig-state.ts";
import type { ClusterFlags } from "./flags.ts";

const CLUSTER_ONLY = ["context", "namespace", "images", "gateway"] as const;

/** A context's name as a rig's: `arn:aws:eks:eu-1:1:cluster/Lab` is `lab`. */
export const rigNameOf = (context: string): string =>
  basename(context)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 50)
    .replace(/^-+|-+$/g, "") || "cluster";

/** The short form: the topology that is a kubeconfig alone. Its nodes are not asked for yet. */
function shortForm({ kubeconfig, context, namespace, images, gateway = "auto" }: ClusterFlags): Topology {
  const file = resolve(kubeconfig ?? "");
  if (images !== undefined && !imagePrefix("").safeParse(images).success)
    throw usageError("CLUSTER_FLAGS", `\`${images}\` is no registry with a path`, {
      where: "--images",
      expected: "such as registry.example.com/edgeproof, without a tag",
    });
  if (!gatewayAddress("").safeParse(gateway).success)
    throw usageError("CLUSTER_FLAGS", `\`${gateway}\` is no way to the functions`, {
      where: "--gateway",
      expected: "auto, node, forward, or a host name or an IPv4 address",
    });
  if (namespace !== undefined) checkRigName(namespace);
  const name = rigNameOf(chooseContext(file, context).context);
  return clusterTopology(
    name,
    {
      ...{ kubeconfig: file, context, namespace, images, gateway },
      ...{ nodes: undefined, classLabel: undefined, siteLabel: undefined, fallbackClass: "unclassified" },
    },
    file,
  );
}

/** With the nodes that the API tells, where they are not known yet. Nothing is changed. @throws EdgeproofError */
export const withNodes = async (topology: Topology): Promise<Topology> =>
  isUnread(topology) ? (await discoverCluster(topology)).topology : topology;

/** What was asked for by `--kubeconfig` or `--topology`; undefined where neither was. Of a cluster its nodes are not known yet. */
export function topologyGiven(
  given: ClusterFlags & { topology?: string | undefined },
): string | Topology | undefined {
  const { kubeconfig, topology } = given;
  if (kubeconfig !== undefined) {
    if (topology === undefined) return shortForm(given);
    throw usageError("CLUSTER_FLAGS", "a topology names its kubeconfig itself", {
      where: "--kubeconfig, --topology",
      expected: "one of the two",
    });
  }
  const alone = CLUSTER_ONLY.find((flag) => given[flag] !== undefined);
  if (alone !== undefined)
    throw usageError("CLUSTER_FLAGS", `\`--${alone}\` is about an existing cluster`, {
      where: `--${alone}`,
      expected: "--kubeconfig beside it; in a topology it is a key of `cluster:`",
    });
  return topology;
}

/** As `topologyGiven`, with the nodes of a cluster. */
export async function topologyRead(
  given: ClusterFlags & { topology?: string | undefined },
): Promise<string | Topology | undefined> {
  const chosen = topologyGiven(given);
  if (chosen === undefined) return undefined;
  const read = loadTopology(chosen);
  return read.driver === "cluster" ? withNodes(read) : chosen;
}
