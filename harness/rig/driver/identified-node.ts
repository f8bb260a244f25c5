import type { NodeHandle, NodeRole } from "../node-handle.ts";

export type NodeIdentity = Pick<
  NodeHandle,
  "name" | "role" | "site" | "deviceClass" | "underlay" | "overlay"
>;

/** What a node is called and where it is, however it is reached. */
export abstract class IdentifiedNode implements NodeIdentity {
  readonly name: string;
  readonly role: NodeRole;
  readonly site: string;
  readonly deviceClass: string;
  readonly underlay: string;
  readonly overlay: string | undefined;

  constructor(identity: NodeIdentity) {
    this.name = identity.name;
    this.role = identity.role;
    this.site = identity.site;
    this.deviceClass = identity.deviceClass;
    this.underlay = identity.underlay;
    this.overlay = identity.overlay;
  }
}
