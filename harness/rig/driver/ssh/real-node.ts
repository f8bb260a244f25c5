import { patienceOf } from "../../patience.ts";
import { AgentNode } from "../agent-node.ts";
import type { ExecOptions, ExecResult, ServiceSpec } from "../../node-handle.ts";

const DEFAULT_MS = 60_000;
const PATIENCE = patienceOf({ driver: "ssh" });

/** A node that is given more time than a container: see `patienceOf`. */
export class RealNode extends AgentNode {
  override readonly patience = PATIENCE;

  override exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return super.exec(argv, { ...options, timeoutMs: options.timeoutMs ?? DEFAULT_MS * PATIENCE });
  }

  override startService(spec: ServiceSpec): Promise<void> {
    const readyTimeoutMs = (spec.readyTimeoutMs ?? DEFAULT_MS) * PATIENCE;
    return super.startService({ ...spec, readyTimeoutMs });
  }
}
