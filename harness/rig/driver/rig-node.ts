import type { NodeHandle } from "../node-handle.ts";

/** A machine of a rig, by whatever it is reached. */
export interface RigNode extends NodeHandle {
  /** Ends the connection; processes started by `exec` over it end too. */
  disconnect(): Promise<void>;
}
