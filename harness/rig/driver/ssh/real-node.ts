import { patienceOf } from "../../patience.ts";
import { AgentNode } from "../agent-node.ts";
import type { ServiceSpec } from "../../node-handle.ts";

const DEFAULT_READY_MS = 60_000;

/** A node that is given more time than a container: see `patienceOf`. */
export class RealNode extends AgentNode {
  override startService(spec: ServiceSpec): Promise<void> {
    const readyTimeoutMs = (spec.readyTimeoutMs ?? DEFAULT_READY_MS) * patienceOf({ driver: "ssh" });
    return super.startService({ ...spec, readyTimeoutMs });
  }
}
