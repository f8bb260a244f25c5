/** Labels that the rig puts on Kubernetes nodes and that functions are placed and judged by. */
export const LABEL_SITE = "edgeproof.dev/site";
export const LABEL_CLASS = "edgeproof.dev/device-class";
export const LABEL_EMULATION = "edgeproof.dev/emulation";
export const LABEL_NODE_ROLE = "edgeproof.dev/role";
