import type { ExistingCluster, Topology } from "../../config/model.ts";
import type { GuestOptions } from "../functions/deployment-layer.ts";

const ON_NODES =
  "put it on every node: `edgeproof images` writes the archives and says how; or name a registry that has them, `images:`";
const BY_REGISTRY =
  "push it there (`edgeproof images` writes the archives), and see to it that the nodes may pull it";

/** How functions are placed on a cluster that exists. */
export const guestOptions = (
  { nodes }: Topology,
  { images, nodes: selector }: ExistingCluster,
  namespace: string,
): GuestOptions => ({
  namespace,
  pull: images === undefined ? "Never" : "IfNotPresent",
  imageFix: images === undefined ? ON_NODES : BY_REGISTRY,
  nodesFor: (deviceClass) =>
    deviceClass === undefined && selector === undefined
      ? undefined
      : nodes
          .filter((node) => deviceClass === undefined || node.deviceClass === deviceClass)
          .map(({ name }) => name),
});

/** The reference of a function's image as the nodes know it, from the one that it was packed with. */
export function imageReference(packed: string, images: string | undefined): string {
  return images === undefined ? packed : `${images}/${packed.slice(packed.lastIndexOf("/") + 1)}`;
}
