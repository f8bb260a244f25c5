import type { DriverName } from "../../config/model.ts";
import { rigError } from "../../errors.ts";
import type { NodeIdentity } from "../driver/agent-node.ts";
import type { RigNode } from "../driver/rig-node.ts";
import type { Lease, NodeRole, ServiceState } from "../node-handle.ts";

const DRIVER: DriverName = "cluster";

/** A node of a cluster that exists: known by the API, and reached by nobody. It has no agent, and so nothing of a fault. */
export class ApiNode implements RigNode {
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

  exec = (): Promise<never> => this.refuse();
  writeFile = (): Promise<never> => this.refuse();
  readFile = (): Promise<never> => this.refuse();
  connect = (): Promise<never> => this.refuse();
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

  disconnect(): Promise<void> {
    return Promise.resolve();
  }

  private refuse(): Promise<never> {
    return Promise.reject(
      rigError("NO_WAY_TO_MACHINE", "nothing but the API of this cluster is reached", {
        where: `node ${this.name}, driver ${DRIVER}`,
        expected: "what the API can do",
        fix: "use a rig of `driver: ssh` (docs/real-nodes.md) or `driver: container` for what needs machines",
      }),
    );
  }
}
