import { CONTROL_PORTS_TABLE, NEBULA_INTERFACE } from "../../../config/nebula-layout.ts";
import { API_PORT, KUBELET_PORT } from "../../addresses.ts";
import type { NodeHandle } from "../../node-handle.ts";

const FILE = "/etc/edgeproof/kubernetes/control-ports.nft";
/** The machine itself, the overlay, and pods of this node. */
const INSIDE = ["lo", NEBULA_INTERFACE, "cni0"];

/**
 * The API server and kubelets listen on every address: an address of the overlay alone would be gone, and they with it,
 * whenever Nebula is. So the underlay is closed to them here; over it, the WAN, come strangers.
 *
 * @param publishedFrom Address that connections to the API server's published port come from (the engine's host).
 */
export function controlPortsRules(publishedFrom: string | undefined): string {
  const outside = `iifname != { ${INSIDE.map((name) => `"${name}"`).join(", ")} }`;
  const published = publishedFrom === undefined ? "" : ` ip saddr != ${publishedFrom}`;
  return `table inet ${CONTROL_PORTS_TABLE}
delete table inet ${CONTROL_PORTS_TABLE}
table inet ${CONTROL_PORTS_TABLE} {
  chain input {
    type filter hook input priority filter; policy accept;
    ${outside} tcp dport ${KUBELET_PORT} drop
    ${outside} tcp dport ${API_PORT}${published} drop
  }
}
`;
}

/** Closes the control ports to the underlay, at each boot of the node again: its rules go with its network. */
export async function closeControlPorts(node: NodeHandle, publishedFrom: string | undefined): Promise<void> {
  await node.writeFile(FILE, controlPortsRules(publishedFrom));
  await node.startService({ name: "control-ports", argv: ["nft", "-f", FILE], oneshot: true });
}
