import { stringify } from "yaml";

import type { Topology } from "../../../config/model.ts";
import { API_PORT, DNS_SERVICE_IP, POD_CIDR, SERVICE_CIDR } from "../../addresses.ts";
import type { ClusterNode } from "../engine.ts";

export const K3S_VERSION = "v1.34.4+k3s1";
/** Image tags may not hold a plus sign. */
export const K3S_IMAGE = `rancher/k3s:${K3S_VERSION.replace("+", "-")}`;
export const K3S_FOLDER = "/etc/rancher/k3s";
export const TOKEN_FILE = `${K3S_FOLDER}/token`;
export const KUBECONFIG_FILE = `${K3S_FOLDER}/k3s.yaml`;
/** K3s imports what lies here before it starts pods. */
export const IMAGES_FOLDER = "/var/lib/rancher/k3s/agent/images";

/** Ingress, load balancer and storage of K3s are not under test, and their images would need a registry. */
const DISABLED = ["coredns", "traefik", "servicelb", "metrics-server", "local-storage"];

interface NodeConfigInput {
  node: ClusterNode;
  cluster: Topology["cluster"];
  pauseImage: string;
}

const agentPart = ({ node, cluster, pauseImage }: NodeConfigInput) => ({
  "token-file": TOKEN_FILE,
  "node-name": node.name,
  "node-ip": node.overlay,
  "flannel-iface": "nebula1",
  "pause-image": pauseImage,
  "node-label": Object.entries(node.labels).map(([key, value]) => `${key}=${value}`),
  "kubelet-arg": [
    // A container may not change the kernel's settings; a real machine's kubelet has to.
    ...(node.platform.kernel === "shared" ? ["feature-gates=KubeletInUserNamespace=true"] : []),
    `node-status-update-frequency=${Math.max(1, Math.floor(cluster.nodeMonitorGracePeriodSeconds / 4))}s`,
    "image-gc-high-threshold=100",
  ],
  "kube-proxy-arg": ["conntrack-max-per-core=0", "iptables-min-sync-period=100ms"],
});

/** /etc/rancher/k3s/config.yaml of the server: documented flags without their dashes. */
export const serverConfig = (input: NodeConfigInput): string =>
  stringify({
    ...agentPart(input),
    "advertise-address": input.node.overlay,
    "tls-san": ["127.0.0.1", "localhost", input.node.overlay],
    "cluster-cidr": POD_CIDR,
    "service-cidr": SERVICE_CIDR,
    "cluster-dns": DNS_SERVICE_IP,
    "write-kubeconfig": KUBECONFIG_FILE,
    "write-kubeconfig-mode": "600",
    disable: DISABLED,
    "disable-cloud-controller": true,
    "disable-helm-controller": true,
    "disable-network-policy": true,
    "kube-controller-manager-arg": [
      `node-monitor-grace-period=${input.cluster.nodeMonitorGracePeriodSeconds}s`,
      "node-monitor-period=1s",
    ],
  });

export const agentConfig = (input: NodeConfigInput, serverOverlay: string): string =>
  stringify({ ...agentPart(input), server: `https://${serverOverlay}:${API_PORT}` });
