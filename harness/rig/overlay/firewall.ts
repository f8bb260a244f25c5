import { CHARACTERIZE_PORT } from "../../config/nebula-layout.ts";
import { API_PORT, FLANNEL_PORT, KUBELET_PORT, NODE_PORTS } from "../addresses.ts";
import type { NodeRole } from "../node-handle.ts";
import type { OverlayIdentity } from "./nebula-pki.ts";

export interface OverlayMember extends OverlayIdentity {
  role: NodeRole;
}

/** One rule of Nebula: without `local_cidr` it covers the machine's own overlay address alone (since v1.10). */
interface FirewallRule {
  port: string | number;
  proto: "any" | "tcp" | "udp" | "icmp";
  /** Name in the sender's certificate, or `any`. */
  host: string;
  local_cidr?: string;
}

export interface Firewall {
  outbound: FirewallRule[];
  inbound: FirewallRule[];
}

/** Linux's `net.ipv4.ip_local_port_range`, where answers come in. */
const EPHEMERAL_PORTS = "32768-60999";

/**
 * What a machine takes from the overlay; all else is dropped. What it sends is not restricted: the receiver decides.
 * A rule is for every member of the overlay (`any`) only where members of every kind use it.
 */
export function firewallOf(self: string, members: readonly OverlayMember[]): Firewall {
  const me = members.find(({ name }) => name === self);
  const isNode = ({ role }: OverlayMember): boolean => role === "server" || role === "agent";
  const nodes = members.filter(isNode).map(({ name }) => name);
  const server = members.find(({ role }) => role === "server");
  const fromNodes = (rule: Omit<FirewallRule, "host">): FirewallRule[] =>
    nodes.filter((name) => name !== self).map((host) => ({ ...rule, host }));

  // Pings prove the overlay and measure it, and Path MTU discovery needs ICMP's errors.
  const inbound: FirewallRule[] = [{ port: "any", proto: "icmp", host: "any" }];
  if (me && isNode(me)) {
    inbound.push(
      // Functions, for the tester and for pods that ask a node.
      { port: NODE_PORTS, proto: "any", host: "any" },
      // Logs, exec and metrics.
      ...fromNodes({ port: KUBELET_PORT, proto: "tcp" }),
      // `edgeproof characterize` transfers between nodes.
      ...fromNodes({ port: CHARACTERIZE_PORT, proto: "tcp" }),
      // Pods of one node reach those of another on any port, as Kubernetes' network model asks for.
      ...me.subnets.map((local_cidr): FirewallRule => ({
        port: "any",
        proto: "any",
        host: "any",
        local_cidr,
      })),
    );
    // Without routes through Nebula, pods' packets are wrapped in VXLAN.
    if (me.subnets.length === 0) inbound.push(...fromNodes({ port: FLANNEL_PORT, proto: "udp" }));
    if (me.role === "server") inbound.push({ port: API_PORT, proto: "tcp", host: "any" });
    // A restart of Nebula forgets which connections this machine has opened. The API server may go on with its watches
    // then; without this, kube-proxy would hear of nothing until its next ping, up to 30 s later.
    else if (server) inbound.push({ port: EPHEMERAL_PORTS, proto: "tcp", host: server.name });
  }
  // With `local_cidr`: without it a rule does not cover what this machine's pods send.
  return { outbound: [{ port: "any", proto: "any", host: "any", local_cidr: "0.0.0.0/0" }], inbound };
}
