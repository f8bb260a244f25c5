import { CoreV1Api, type V1Service } from "@kubernetes/client-node";

import { usageError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { StreamWayEnd } from "../../probe/stream-probe.ts";
import type { FaultContext, FaultTarget } from "../definition.ts";
import type { FaultRig } from "../fault-rig.ts";
import { WORKLOAD_TALKS, workloadPort } from "../platform/workload-pods.ts";
import { podBridge } from "./pod-bridge.ts";

const API_PORT = 6443;
const FUNCTIONS_NAMESPACE = "edgeproof";

export type StreamTarget = Extract<FaultTarget, { kind: "stream" }>;

/** A way of TCP streams that a fault can take hold of, on the machine where they come by. */
export interface StreamWay {
  /** For people: `pi4-1 -> API server`. */
  name: string;
  /** Where toxiproxy runs. */
  machine: NodeHandle;
  /** Where connections lead without a fault. */
  host: string;
  port: number;
  /** Interface that pods' connections come in by; undefined for those of the machine's own processes. */
  bridge: string | undefined;
  /** Where toxiproxy listens. */
  listenHost: string;
  /** Evidence looks from here. */
  probe: StreamWayEnd;
}

export async function resolveWay(target: StreamTarget, context: FaultContext): Promise<StreamWay> {
  switch (target.point) {
    case "gateway":
      return gatewayWay(target, context);
    case "api":
      return apiWay(target.node, context.rig.server);
    case "service":
      return serviceWay(target, context);
    case "workload":
      return workloadWay(target, context.rig);
  }
}

function gatewayWay({ service }: StreamTarget, context: FaultContext): StreamWay {
  const { hostname, port } = new URL(context.functionUrl(service));
  const { tester } = context.rig;
  const to = { host: hostname, port: Number(port) };
  const probe = { from: tester, ...to, tls: false, path: "/healthz" };
  return { name: `${tester.name} -> ${service}`, machine: tester, ...to, ...OWN, probe };
}

const OWN = { bridge: undefined, listenHost: "127.0.0.1" };

/** The address that kubelet, kube-proxy and K3s's own load balancer dial. */
export function apiWay(node: NodeHandle, server: NodeHandle): StreamWay {
  const to = { host: server.overlay ?? server.underlay, port: API_PORT };
  // Without credentials: 401 is an answer.
  const probe = { from: node, ...to, tls: true, path: "/version" };
  return { name: `${node.name} -> API server`, machine: node, ...to, ...OWN, probe };
}

/** The node port of a broker, at its own node: what the tester's clients dial. */
async function workloadWay({ node, service: kind }: StreamTarget, rig: FaultRig): Promise<StreamWay> {
  const { node: at, port } = await workloadPort(rig, kind);
  const talk = WORKLOAD_TALKS[kind];
  if (!talk)
    throw usageError("NO_WORKLOAD_TALK", `the proof of a stream fault cannot speak to ${kind}`, {
      expected: `one of ${Object.keys(WORKLOAD_TALKS).join(", ")}`,
    });
  const machine = rig.machine(at);
  const to = { host: machine.overlay ?? machine.underlay, port };
  const probe = { from: node, ...to, tls: false, path: "", talk };
  return { name: `${node.name} -> ${kind}`, machine: node, ...to, ...OWN, probe };
}

async function serviceWay({ node, service }: StreamTarget, { rig }: FaultContext): Promise<StreamWay> {
  const [, namespace = FUNCTIONS_NAMESPACE, name = "", port] =
    /^(?:([^/:]+)\/)?([^/:]+)(?::(\d+))?$/.exec(service) ?? [];
  const found = await rig.kube
    .makeApiClient(CoreV1Api)
    .readNamespacedService({ name, namespace })
    .catch((cause: unknown) => {
      throw usageError("NO_SUCH_SERVICE", `there is no service ${namespace}/${name}`, {
        expected: "[NAMESPACE/]NAME[:PORT] of a Service with a cluster IP",
        cause,
      });
    });
  const to = { host: clusterIp(found), port: port ? Number(port) : firstTcpPort(found) };
  const { bridge, address, netns } = await podBridge(node);
  return {
    name: `pods of ${node.name} -> ${namespace}/${name}:${to.port}`,
    machine: node,
    ...to,
    bridge,
    listenHost: address,
    probe: { from: node, netns, ...to, tls: to.port === 443, path: "/healthz" },
  };
}

function clusterIp({ metadata, spec }: V1Service): string {
  const address = spec?.clusterIP ?? "";
  if (/^\d+\./.test(address)) return address;
  throw usageError("NO_CLUSTER_IP", `service ${metadata?.name} has no IPv4 cluster IP`, {
    expected: "a Service that is neither headless nor IPv6 only",
  });
}

function firstTcpPort({ metadata, spec }: V1Service): number {
  const port = spec?.ports?.find(({ protocol }) => (protocol ?? "TCP") === "TCP")?.port;
  if (port !== undefined) return port;
  throw usageError("NO_TCP_PORT", `service ${metadata?.name} has no TCP port`, {
    fix: "stream faults act on TCP; use a link fault for UDP",
  });
}
