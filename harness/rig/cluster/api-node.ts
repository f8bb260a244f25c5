import type { DriverName } from "../../config/model.ts";
import { rigError } from "../../errors.ts";
import { AgentlessNode } from "../driver/agentless-node.ts";
import type { RigNode } from "../driver/rig-node.ts";

const DRIVER: DriverName = "cluster";

/** A node of a cluster that exists: known by the API, and reached by nobody. It has no agent, and so nothing of a fault. */
export class ApiNode extends AgentlessNode implements RigNode {
  exec = (): Promise<never> => this.refuse();
  writeFile = (): Promise<never> => this.refuse();
  readFile = (): Promise<never> => this.refuse();
  connect = (): Promise<never> => this.refuse();

  disconnect(): Promise<void> {
    return Promise.resolve();
  }

  protected refuse(): Promise<never> {
    return Promise.reject(
      rigError("NO_WAY_TO_MACHINE", "nothing but the API of this cluster is reached", {
        where: `node ${this.name}, driver ${DRIVER}`,
        expected: "what the API can do",
        fix: "use a rig of `driver: ssh` (docs/real-nodes.md) or `driver: container` for what needs machines",
      }),
    );
  }
}
