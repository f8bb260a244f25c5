import { makerLabels } from "./maker.ts";

/** Every container, network and volume of a rig carries these; clean-up finds them by label, not by memory. */
export const LABEL_RIG = "edgeproof.rig";
const LABEL_ROLE = "edgeproof.role";
const LABEL_NODE = "edgeproof.node";

export const rigLabels = (rig: string, role: string, node: string): Record<string, string> => ({
  ...ownLabels(rig),
  [LABEL_ROLE]: role,
  [LABEL_NODE]: node,
});

/** On what is of no machine, too. */
export const ownLabels = (rig: string): Record<string, string> => ({ [LABEL_RIG]: rig, ...makerLabels() });

/** Containers and networks share the prefix, so that a person sees what they belong to. */
export const resourceName = (rig: string, node: string): string => `edgeproof-${rig}-${node}`;
