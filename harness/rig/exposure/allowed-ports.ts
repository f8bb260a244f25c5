import { NEBULA_PORT } from "../../config/nebula-layout.ts";
import { API_PORT, KUBELET_PORT } from "../addresses.ts";
import type { NodeRole } from "../node-handle.ts";

export interface OpenPort {
  proto: "tcp" | "udp";
  port: number;
  path: "underlay" | "overlay";
  /** Machines that listen. */
  on: readonly NodeRole[];
  /** Machines that get an answer; to all others it is closed. */
  from: readonly NodeRole[];
  why: string;
}

const EVERYBODY: readonly NodeRole[] = ["server", "agent", "tester", "lighthouse"];
const NODES: readonly NodeRole[] = ["server", "agent"];

/** All that a rig has open to other machines, beside NodePorts of functions, which are rules and no sockets. */
export const OPEN_PORTS: readonly OpenPort[] = [
  {
    ...{ proto: "udp", port: NEBULA_PORT, path: "underlay", on: EVERYBODY, from: [...EVERYBODY, "wan"] },
    why: "Nebula itself; it answers nobody without a certificate of the rig",
  },
  {
    ...{ proto: "tcp", port: API_PORT, path: "overlay", on: ["server"], from: EVERYBODY },
    why: "kubelets, kube-proxies and pods ask the API server; it knows nobody without a certificate or a token",
  },
  {
    ...{ proto: "tcp", port: KUBELET_PORT, path: "overlay", on: NODES, from: NODES },
    why: "logs, exec and metrics; the kubelet asks the API server who may",
  },
];

/** Ports that must answer nobody else, whether anything is found to listen there or not. */
export const CONTROL_PORTS: Readonly<Record<number, string>> = {
  2379: "etcd",
  2380: "etcd's peers",
  4194: "cAdvisor",
  [API_PORT]: "API server",
  8001: "kubectl proxy",
  8080: "the API server's insecure port of old",
  8474: "toxiproxy's API",
  7490: "toxiproxy's API, of the first fault",
  10010: "containerd's streaming",
  10248: "kubelet's health",
  10249: "kube-proxy's metrics",
  [KUBELET_PORT]: "kubelet",
  10255: "kubelet, read-only",
  10256: "kube-proxy's health",
  10257: "controller-manager",
  10259: "scheduler",
};
