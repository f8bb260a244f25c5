import type { Lease, NodeRole, ServiceState } from "../node-handle.ts";
import type { NodeIdentity } from "./agent-node.ts";

/** A machine on which no agent runs: it has no services and no leases, and refuses what would need them. */
export abstract class AgentlessNode {
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

  startService = (): Promise<never> => this.refuse();
  stopService = (): Promise<never> => this.refuse();
  holdService = (): Promise<never> => this.refuse();
  resumeService = (): Promise<never> => this.refuse();
  restartService = (): Promise<never> => this.refuse();
  signalService = (): Promise<never> => this.refuse();
  lease = (): Promise<never> => this.refuse();
  renewLeases = (): Promise<never> => this.refuse();
  releaseLease = (): Promise<never> => this.refuse();
  forgetLease = (): Promise<never> => this.refuse();

  services(): Promise<ServiceState[]> {
    return Promise.resolve([]);
  }

  leases(): Promise<Lease[]> {
    return Promise.resolve([]);
  }

  /** Rejects with the reason, and with what can be done. */
  protected abstract refuse(): Promise<never>;
}
