import type { V1Node } from "@kubernetes/client-node";

import type { ExistingCluster, Topology, TopologyNode } from "../../config/model.ts";
import { usageError } from "../../errors.ts";
import { TESTER, WAN } from "../rig-plan.ts";
import { ClusterApi } from "./cluster-api.ts";
import { type ChosenContext, chooseContext } from "./kubeconfig-copy.ts";
import { addressesOf, architectureOf, classOf, roleOf, siteOf, whyUnused } from "./node-traits.ts";

/** Nodes asked for at once, as kubectl does. */
const PAGE = 500;

export interface FoundNode extends TopologyNode {
  /** As Node calls it. */
  architecture: string;
  addresses: string[];
}

/** What the API of a cluster says that it is. */
export interface FoundCluster {
  chosen: ChosenContext;
  api: ClusterApi;
  /** The topology, with the nodes that are used and their sites. */
  topology: Topology;
  nodes: FoundNode[];
  /** Nodes that no pod of ours can be on, with the reason: `cp-1 (taint ...)`. */
  unused: string[];
  /** Of the API server, such as `v1.34.4+k3s1`. */
  version: string;
}

interface NodePage {
  items: V1Node[];
  metadata?: { continue?: string };
}

async function listNodes(api: ClusterApi, selector: string | undefined): Promise<V1Node[]> {
  const nodes: V1Node[] = [];
  for (let next: string | undefined = ""; next !== undefined;) {
    const query = new URLSearchParams({
      limit: String(PAGE),
      ...(selector === undefined ? {} : { labelSelector: selector }),
      ...(next === "" ? {} : { continue: next }),
    });
    const page: NodePage = await api.get<NodePage>(`/api/v1/nodes?${query.toString()}`);
    nodes.push(...page.items);
    next = page.metadata?.continue || undefined;
  }
  return nodes;
}

const traits = (node: V1Node, existing: ExistingCluster): FoundNode => ({
  name: node.metadata?.name ?? "",
  site: siteOf(node, existing),
  role: roleOf(node),
  deviceClass: classOf(node, existing),
  architecture: architectureOf(node),
  addresses: addressesOf(node),
});

/** Servers first, as in every topology; then by name. */
const inOrder = (a: FoundNode, b: FoundNode): number =>
  a.role === b.role ? a.name.localeCompare(b.name) : a.role === "server" ? -1 : 1;

/**
 * Asks a cluster what it is. Nothing is changed.
 *
 * @throws EdgeproofError where it does not answer, or has no node that takes pods
 */
export async function discoverCluster(topology: Topology): Promise<FoundCluster> {
  const { existing } = topology;
  if (!existing) throw new Error(`${topology.name} is no topology of an existing cluster`);
  const chosen = chooseContext(existing.kubeconfig, existing.context);
  const api = new ClusterApi(chosen);
  const { gitVersion } = await api.get<{ gitVersion: string }>("/version");
  const listed = await listNodes(api, existing.nodes);
  const nodes = listed
    .filter((node) => whyUnused(node) === undefined)
    .map((node) => traits(node, existing))
    .sort(inOrder);
  const unused = listed.flatMap((node) => {
    const why = whyUnused(node);
    return why === undefined ? [] : [`${node.metadata?.name} (${why})`];
  });
  if (nodes.length === 0)
    throw usageError("CLUSTER_NO_NODES", "no node of the cluster takes pods", {
      where: existing.nodes === undefined ? chosen.server : `${chosen.server}, nodes with ${existing.nodes}`,
      expected: "a node that is Ready, not cordoned, and has no taint that keeps pods away",
      fix:
        unused.length > 0 ? `nodes that were left out: ${unused.join(", ")}` : "check the selector `nodes:`",
    });
  const reserved = nodes.find(({ name }) => name === TESTER || name === WAN);
  if (reserved)
    throw usageError("CLUSTER_NODE_NAME", `a node of the cluster is called \`${reserved.name}\``, {
      where: chosen.server,
      expected: "another name: it is the rig's own",
      fix: "leave it out with the selector `nodes:`",
    });
  const sites = [...new Set(nodes.map(({ site }) => site))];
  const plain = nodes.map(({ name, site, role, deviceClass }) => ({ name, site, role, deviceClass }));
  const metricsServer = (await api.find("/apis/metrics.k8s.io/v1beta1")) !== undefined;
  return {
    ...{ chosen, api, nodes, unused, version: gitVersion },
    topology: { ...topology, sites, nodes: plain, metricsServer },
  };
}

/** What made the cluster, as far as its version says. */
export const engineNameOf = (version: string): string =>
  /\+(k3s|rke2|k0s)/.exec(version)?.[1] ?? "kubernetes";
