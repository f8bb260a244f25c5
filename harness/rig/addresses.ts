/** The address plan of a rig. The overlay lies in RFC 2544's benchmarking block; pods and services as in K3s. */
export const POD_CIDR = "10.42.0.0/16";
export const SERVICE_CIDR = "10.43.0.0/16";
export const API_SERVICE_IP = "10.43.0.1";
export const DNS_SERVICE_IP = "10.43.0.10";
export const API_PORT = 6443;
export const KUBELET_PORT = 10250;
/** Where Services of type NodePort are, TCP and UDP: Kubernetes' default. */
export const NODE_PORTS = "30000-32767";
/** UDP: K3s's pod network. */
export const FLANNEL_PORT = 8472;
/** Room for Nebula's header in a 1500 byte underlay packet, as in Nebula's own default. */
export const OVERLAY_MTU = 1300;

/** Overlay address of the nth machine, counted from 1. */
export const overlayAddress = (index: number): string => `198.19.0.${index}`;
/** Pod network of the nth node, counted from 1. */
export const podCidr = (index: number): string => `10.42.${index}.0/24`;
