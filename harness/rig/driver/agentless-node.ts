import type { Lease, ServiceState } from "../node-handle.ts";
import { IdentifiedNode } from "./identified-node.ts";

/** A machine on which no agent runs: it has no services and no leases, and refuses what would need them. */
export abstract class AgentlessNode extends IdentifiedNode {
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
