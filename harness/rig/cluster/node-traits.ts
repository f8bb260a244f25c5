import type { V1Node } from "@kubernetes/client-node";

import type { ExistingCluster } from "../../config/model.ts";
import { isReady } from "../engine/nodes-ready.ts";
import { takesPods } from "../functions/surplus-pods.ts";
import { LABEL_CLASS, LABEL_NODE_ROLE, LABEL_SITE } from "../node-labels.ts";

/** Kubernetes' own, https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const LABEL_INSTANCE_TYPE = "node.kubernetes.io/instance-type";
const LABEL_ZONE = "topology.kubernetes.io/zone";
const LABEL_OS = "kubernetes.io/os";
const ROLES_OF_SERVERS = ["control-plane", "master", "etcd"].map((role) => `node-role.kubernetes.io/${role}`);
/** Of nodes that no label places. */
const SITE = "default";

const firstOf = (node: V1Node, names: readonly (string | undefined)[]): string | undefined =>
  names.flatMap((name) => (name === undefined ? [] : [node.metadata?.labels?.[name]])).find(Boolean);

/** The label that the topology names, else edgeproof's own, else what the cloud or K3s says that it is. */
export const classOf = (node: V1Node, { classLabel, fallbackClass }: ExistingCluster): string =>
  firstOf(node, classLabel === undefined ? [LABEL_CLASS, LABEL_INSTANCE_TYPE] : [classLabel]) ??
  fallbackClass;

export const siteOf = (node: V1Node, { siteLabel }: ExistingCluster): string =>
  firstOf(node, siteLabel === undefined ? [LABEL_SITE, LABEL_ZONE] : [siteLabel]) ?? SITE;

export const roleOf = ({ metadata }: V1Node): "server" | "agent" =>
  metadata?.labels?.[LABEL_NODE_ROLE] === "server" ||
  ROLES_OF_SERVERS.some((label) => metadata?.labels?.[label] !== undefined)
    ? "server"
    : "agent";

/** Addresses at which a node's ports may answer, those that are reached from farthest first; IPv4 alone. */
export const addressesOf = ({ status }: V1Node): string[] =>
  ["ExternalIP", "InternalIP"].flatMap((wanted) =>
    (status?.addresses ?? [])
      .filter(({ type, address }) => type === wanted && !address.includes(":"))
      .map(({ address }) => address),
  );

/** As Node calls it: Go's `amd64` is `x64`. */
export const architectureOf = ({ status }: V1Node): string => {
  const architecture = status?.nodeInfo?.architecture ?? "";
  return architecture === "amd64" ? "x64" : architecture;
};

/** Why no pod of ours can be on a node; undefined where it can. */
export function whyUnused(node: V1Node): string | undefined {
  const os = node.metadata?.labels?.[LABEL_OS];
  if (os !== undefined && os !== "linux") return `runs ${os}`;
  if (!isReady(node)) return "not Ready";
  if (node.spec?.unschedulable) return "cordoned";
  if (takesPods(node)) return undefined;
  const taint = node.spec?.taints?.find(({ effect }) => effect !== "PreferNoSchedule");
  return `taint ${taint?.key}:${taint?.effect}`;
}
